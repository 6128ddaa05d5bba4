"""Draw the prompts of the template, as `docs/images/prompts.svg` shows them.

Usage: python scripts/draw_prompts.py

Draws the picture from `cookiecutter.json`. Run it after you change a question, label or default.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cookiecutter.generate import generate_context
from cookiecutter.prompt import prompt_for_config

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "prompts.svg"
COLUMNS = 80
# Sizes in pixels. Each line is stretched to its number of characters in every font.
CHARACTER, LINE, MARGIN = 8, 19, 16
QUESTION_COLOR, CHOICE_COLOR = "#e6edf3", "#9fb3c8"
HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"
     viewBox="0 0 {width} {height}"
     font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">
<title>The questions of the template, with their choices and defaults</title>
<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>
"""
TEXT = '<text x="{x}" y="{y}" textLength="{length}" fill="{color}">{text}</text>\n'


def prompts(definition: Path) -> Iterator[str]:
    """Yield the lines that Cookiecutter prints if every default is accepted.

    Args:
        definition: the path of `cookiecutter.json`.
    """
    context = generate_context(str(definition), default_context={})
    questions: dict[str, Any] = context["cookiecutter"]
    labels = questions["__prompts__"]
    answers = prompt_for_config(context, no_input=True)
    asked = [name for name in questions if not name.startswith("_")]
    for number, name in enumerate(asked, start=1):
        label, choices = labels[name], questions[name]
        if not isinstance(choices, list):
            yield f"  [{number}/{len(asked)}] {label} ({answers[name]}): "
            continue
        yield f"  [{number}/{len(asked)}] {label['__prompt__']}"
        for position, choice in enumerate(choices, start=1):
            yield f"    {position} - {label[choice]}"
        options = "/".join(str(position) for position in range(1, len(choices) + 1))
        yield f"    Choose from [{options}] (1): "


def draw(lines: list[str]) -> str:
    """Return the lines as an SVG image of a terminal."""
    width, height = COLUMNS * CHARACTER + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    return (
        HEAD.format(width=width, height=height)
        + "".join(
            TEXT.format(
                x=MARGIN + CHARACTER * (len(line) - len(line.lstrip())),
                y=MARGIN + LINE * number - 5,
                length=CHARACTER * len(line.strip()),
                color=QUESTION_COLOR if line.startswith("  [") else CHOICE_COLOR,
                # Browsers collapse spaces, which align the labels.
                text=escape(line.strip()).replace("  ", "\u00a0\u00a0"),
            )
            for number, line in enumerate(lines, start=1)
        )
        + "</svg>\n"
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(list(prompts(ROOT / "cookiecutter.json"))), encoding="utf-8")
