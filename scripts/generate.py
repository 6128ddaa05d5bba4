# /// script
# requires-python = ">=3.11"
# dependencies = ["cookiecutter>=2.7.1"]
# ///
"""Generates a project without a prompt, for portals and pipelines: all of it, or nothing.

Exit status: 0 when it is there, 2 when an answer is refused, 1 when it cannot be written, 130 and
143 after Ctrl-C and SIGTERM. Whatever is not 0 comes with one line on standard error.

Unlike Cookiecutter it renders no answer as a template, reads no configuration, keeps no replay
file, and puts the project into its place only when it is complete.
"""

import argparse
import json
import logging
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cookiecutter.exceptions import CookiecutterException
from cookiecutter.generate import generate_context
from cookiecutter.main import cookiecutter
from cookiecutter.prompt import prompt_for_config

TEMPLATE = Path(__file__).resolve().parent.parent
CANNOT_WRITE = 1
REFUSED = 2
BY_SIGNAL = 128
# What Cookiecutter would run as code; the hook has the same marks.
TEMPLATE_MARKS = ("{{", "}}", "{%", "%}", "{#", "#}")


class GenerationError(Exception):
    """Nothing was generated, for a reason that a hook has not printed."""

    def __init__(self, status: int, line: str) -> None:
        """Take the exit status and the reason, without a full stop."""
        super().__init__(line)
        self.status = status


def read_answers(sources: list[str], words: list[str]) -> dict[str, str]:
    """Return the answers of all sources; later ones replace earlier ones.

    Args:
        sources: names of JSON files, `-` for standard input.
        words: of the form name=value.
    """
    answers: dict[str, object] = {}
    for source in sources:
        try:
            text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
            found = json.loads(text, object_pairs_hook=once_each)
        except (OSError, ValueError) as error:
            raise GenerationError(REFUSED, f"{source} cannot be read: {error}") from error
        if not isinstance(found, dict):
            raise GenerationError(REFUSED, f"{source} must hold one object of names and answers")
        answers |= found
    for word in words:
        if "=" not in word:
            raise GenerationError(REFUSED, f"{word!a} must be of the form name=value")
    answers |= once_each([tuple(word.split("=", 1)) for word in words])
    questions = json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8"))
    return {name: checked(name, answer, questions.get(name)) for name, answer in answers.items()}


def once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return pairs as a mapping, and refuse a name that stands in it twice."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise GenerationError(REFUSED, f"{name[:60]!a} must be answered once")
    return dict(pairs)


def checked(name: str, answer: object, question: object) -> str:
    """Return an answer that Cookiecutter may have; the hook looks at all else."""
    if name.startswith("_"):
        raise GenerationError(REFUSED, f"{name[:60]!a} must not be answered")
    if not isinstance(answer, str):
        raise GenerationError(REFUSED, f"{name[:60]!a} must be text")
    if any(mark in answer for mark in TEMPLATE_MARKS):
        raise GenerationError(
            REFUSED, f"{name[:60]!a} must not hold template marks such as double braces"
        )
    if isinstance(question, list) and answer not in question:
        raise GenerationError(REFUSED, f"{name} must be one of {', '.join(question)}")
    return answer


@contextmanager
def new_folders(folder: Path) -> Iterator[None]:
    """Make a folder, and remove what was made if what follows fails."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in missing:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        raise


def name_of_the_project(answers: dict[str, str]) -> str:
    """Return the name of its folder, which is safe also if the answer is not."""
    context = generate_context(str(TEMPLATE / "cookiecutter.json"), extra_context=answers)
    return str(prompt_for_config(context, no_input=True)["project_slug"])


def generate(answers: dict[str, str], output: Path) -> None:
    """Generate beside the place where the project belongs, then move it there in one step."""
    place = output / name_of_the_project(answers)
    if place.exists() or place.is_symlink():
        raise GenerationError(CANNOT_WRITE, f"{place} exists")
    with (
        new_folders(output),
        tempfile.TemporaryDirectory(
            dir=output, prefix=".generating-", ignore_cleanup_errors=True
        ) as beside,
    ):
        made = Path(
            cookiecutter(
                str(TEMPLATE),
                no_input=True,
                extra_context=answers,
                output_dir=str(Path(beside, "project")),
                default_config={"replay_dir": str(Path(beside, "replay"))},
            )
        )
        made.rename(place)


def stop(number: int, _frame: object) -> None:
    """Handle Ctrl-C and SIGTERM."""
    raise GenerationError(BY_SIGNAL + number, "interrupted")


def main() -> None:
    """Generate, or say in one line why not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--answers", action="append", default=[], help="a JSON file, or - (may be repeated)"
    )
    parser.add_argument("--output", type=Path, default=Path(), help="folder to generate into")
    parser.add_argument("words", nargs="*", metavar="name=value", help="more answers")
    arguments = parser.parse_args()
    # Cookiecutter logs a traceback when a hook refuses, beside the line that the hook prints.
    logging.getLogger("cookiecutter").setLevel(logging.CRITICAL + 1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        generate(read_answers(arguments.answers, arguments.words), arguments.output.resolve())
    except GenerationError as failure:
        print(f"Nothing was generated: {failure}.", file=sys.stderr)
        sys.exit(failure.status)
    except CookiecutterException:
        sys.exit(REFUSED)
    except OSError as error:
        print(f"Nothing was generated: {error}.", file=sys.stderr)
        sys.exit(CANNOT_WRITE)


if __name__ == "__main__":
    main()
