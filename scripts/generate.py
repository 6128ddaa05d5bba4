# /// script
# requires-python = ">=3.11"
# dependencies = ["cookiecutter>=2.7.1"]
# ///
"""Generation without prompts, for portals and pipelines: the whole project, or nothing.

Exit status: 0 if the project was generated, 2 if an answer is invalid, 1 if the project cannot be
written, 128 plus the number of the signal that ended it. With any status but 0, standard error
says why.

Unlike Cookiecutter, this renders no answer as a template, reads no user configuration, writes no
replay file, and puts the project into its place only when it is complete.
"""

import argparse
import difflib
import json
import logging
import os
import runpy
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cookiecutter.exceptions import CookiecutterException
from cookiecutter.generate import generate_context
from cookiecutter.main import cookiecutter
from cookiecutter.prompt import prompt_for_config

TEMPLATE = Path(__file__).resolve().parent.parent
CANNOT_WRITE = 1
INVALID = 2
BY_SIGNAL = 128
# SIGHUP does not exist on Windows.
SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class GenerationError(Exception):
    """Nothing was generated, and no hook has printed the reason."""

    def __init__(self, status: int, *lines: str) -> None:
        """Take the exit status, and one line for each reason."""
        super().__init__("\n".join(f"Nothing was generated: {line}" for line in lines))
        self.status = status


def main() -> None:
    """Generate a project, or print why not."""
    arguments = parser().parse_args()
    # Cookiecutter logs a traceback next to the line that a hook prints.
    logging.getLogger("cookiecutter").setLevel(logging.CRITICAL + 1)
    for number in SIGNALS:
        signal.signal(number, stop)
    try:
        given = read_answers(arguments.answers, arguments.words)
        answers = {name: given[name] for name in given if name not in arguments.ignore}
        check(answers)
        generate(answers, arguments.output.resolve())
    except GenerationError as failure:
        print(failure, file=sys.stderr)
        sys.exit(failure.status)
    except CookiecutterException:
        sys.exit(CANNOT_WRITE)
    except OSError as error:
        print(f"Nothing was generated: {error}.", file=sys.stderr)
        sys.exit(CANNOT_WRITE)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    found = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    found.add_argument(
        "--answers", action="append", default=[], help="a JSON file, or - (may be repeated)"
    )
    found.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="NAME",
        help="a name that a portal adds and that is not a question (may be repeated)",
    )
    found.add_argument("--output", type=Path, default=Path(), help="folder to generate into")
    found.add_argument("words", nargs="*", metavar="name=value", help="more answers")
    return found


def read_answers(sources: list[str], words: list[str]) -> dict[str, Any]:
    """Return the answers of all sources. Later ones replace earlier ones.

    Args:
        sources: names of JSON files, `-` for standard input.
        words: of the form name=value.

    Raises:
        GenerationError: if a source cannot be read, or answers a question twice.
    """
    answers: dict[str, Any] = {}
    for source in sources:
        try:
            text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
            found = json.loads(text, object_pairs_hook=once_each)
        except (OSError, ValueError, RecursionError) as error:
            raise GenerationError(INVALID, f"{source} cannot be read: {error}.") from error
        if not isinstance(found, dict):
            raise GenerationError(INVALID, f"{source} must hold one object of names and answers.")
        answers |= found
    for word in words:
        if "=" not in word:
            raise GenerationError(INVALID, f"{word[:60]!a} must be of the form name=value.")
    pairs = (word.partition("=") for word in words)
    return answers | once_each([(name, answer) for name, _, answer in pairs])


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as a dictionary. Raise GenerationError if a name is in it twice."""
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        lines = (f"{name[:60]!a} must be answered once." for name in twice)
        raise GenerationError(INVALID, *lines)
    return dict(pairs)


def check(answers: dict[str, Any]) -> None:
    """Check answers by the rules of the hook, before Cookiecutter renders them.

    Raises:
        GenerationError: with one line for each invalid answer.
    """
    definition = json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8"))
    questions = [name for name in definition if not name.startswith("_")]
    known = {name: value for name, value in answers.items() if name in questions}
    rules = runpy.run_path(str(TEMPLATE / "hooks" / "pre_gen_project.py"))
    invalid = rules["invalid"](known, definition)
    lines = [
        invalid.get(name) or not_a_question(name, questions)
        for name in answers
        if name in invalid or name not in questions
    ]
    if lines:
        raise GenerationError(INVALID, *lines)


def not_a_question(name: str, questions: list[str]) -> str:
    """Return a line that rejects a name, and suggests the most similar question."""
    close = difflib.get_close_matches(name.lower().replace("-", "_"), questions, n=1)
    hint = f"did you mean {close[0]}?" if close else f"these are: {', '.join(questions)}"
    return f"{name[:60]!a} is not a question ({hint})."


def generate(answers: dict[str, str], output: Path) -> None:
    """Generate in a temporary folder next to the project's place, then move it there.

    Args:
        answers: valid ones, by question.
        output: the folder to generate into, which is made if it does not exist.

    Raises:
        GenerationError: if the project's folder exists.
    """
    place = output / name_of_the_project(answers)
    if place.exists() or place.is_symlink():
        raise GenerationError(CANNOT_WRITE, f"{place} exists.")
    with (
        new_folders(output),
        tempfile.TemporaryDirectory(
            dir=output, prefix=".generating-", ignore_cleanup_errors=True
        ) as temporary,
    ):
        made = Path(
            cookiecutter(
                str(TEMPLATE),
                no_input=True,
                extra_context=answers,
                output_dir=str(Path(temporary, "project")),
                default_config={"replay_dir": str(Path(temporary, "replay"))},
            )
        )
        made.rename(place)
        # The project is complete, and a signal would only hide that.
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def name_of_the_project(answers: dict[str, str]) -> str:
    """Return the name of the project's folder."""
    context = generate_context(str(TEMPLATE / "cookiecutter.json"), extra_context=answers)
    return str(prompt_for_config(context, no_input=True)["project_slug"])


@contextmanager
def new_folders(folder: Path) -> Iterator[None]:
    """Create a folder, and remove the created folders if the block fails."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in missing:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        raise


def stop(number: int, _frame: object) -> None:
    """End the generation on a signal."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    # A hook that still runs would write into the folder that is about to be removed.
    with suppress(AttributeError, ChildProcessError):
        os.wait()
    raise GenerationError(BY_SIGNAL + number, "interrupted.")


if __name__ == "__main__":
    main()
