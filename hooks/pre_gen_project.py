"""Rejection of invalid answers before anything is written, all of them in one message.

Cookiecutter renders this file before running it. Answers arrive as JSON and are never pasted into
source text, so an answer cannot become code. `scripts/generate.py` imports the rules from here.
"""

import json
import os
import re
import shlex
import shutil
import signal
import sys
import unicodedata
from pathlib import Path


def main():
    """Check the answers, and the folder that Cookiecutter created for the project."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parent, folder = os.getppid(), Path.cwd()
    try:
        answers = json.loads({{cookiecutter | tojson | tojson}})
        asked = json.loads({{_cookiecutter | default({}) | tojson | tojson}})
        problems = check_answers(answers, asked) or check_folder(answers, folder)
        if os.getppid() != parent:  # Cookiecutter was terminated meanwhile
            raise KeyboardInterrupt  # noqa: TRY301 - the same ending as Ctrl-C
    except KeyboardInterrupt:
        os.chdir(folder.parent)
        if not any(folder.iterdir()):
            folder.rmdir()
        sys.exit("Nothing was generated: interrupted.")
    if problems:
        lines = ("\n" + " " * len("Nothing was generated: ")).join(problems.values())
        sys.exit(f"Nothing was generated: {lines}{repeat(answers, problems)}")


def check_answers(answers, asked):
    """Return a line for each invalid answer, by question.

    `asked` holds the questions before rendering, with given answers as defaults; in a replay, the
    answers again; under cruft, which has compared the choices itself, nothing.
    """
    values = {name: answers[name] for name in [*RULES, *answers] if name[0] != "_"}
    values["project_slug"] = answers["__project_slug_answer"]
    # Cookiecutter converts and renders what it is given, without notice.
    given = {name: asked[name] for name in RULES if asked.get(name, DEFAULT_SLUG) != DEFAULT_SLUG}
    values |= {name: value for name, value in given.items() if broken_rule("", value, {})}
    if asked and not any(isinstance(question, list) for question in asked.values()):
        path = Path(os.environ.get("PWD", ""), answers["_repo_dir"], "cookiecutter.json")
        try:
            asked = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return {"": "a replay needs the absolute path of the template."}
    return invalid(values, asked | {"_reserved_slugs": answers["_reserved_slugs"]})


def invalid(values, questions):
    """Return a line for each invalid value, by question; `questions` as in cookiecutter.json."""
    rules = {name: broken_rule(name, value, questions) for name, value in values.items()}
    return {n: f"{n} must {rules[n]} (got {ascii(values[n])[:60]})." for n in rules if rules[n]}


def broken_rule(name, value, questions):
    """Return the first rule that a value breaks; None if it breaks none."""
    if not isinstance(value, str):
        return "be text, in quotes"
    rules = {"not contain template marks such as double braces": not MARK.search(value)}
    if name in RULES:
        pattern, rule = RULES[name]
        rules |= text_rules(value) if name in FREE_TEXT else {}
        reserved = questions["_reserved_slugs"] if name == "project_slug" else []
        is_free = value not in " ".join(reserved).split()
        rules |= {rule: re.fullmatch(pattern, value), "not be a reserved name": is_free}
    elif name in questions:
        rules |= {f"be one of {', '.join(questions[name])}": value in questions[name]}
    return next((rule for rule, holds in rules.items() if not holds), None)


def text_rules(text):
    """Return the rules for free text, and whether each holds."""
    visible = EMOJI.sub("x", text)
    kinds = {unicodedata.category(character) for character in visible}
    names = " ".join(unicodedata.name(character, "") for character in visible)
    is_plain = kinds.isdisjoint({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"}) and not BLANK.search(names)
    return {
        "not be empty": text.strip(),
        "be one line without control or invisible characters": is_plain,
        "not begin or end with a space": text == text.strip(),
        "contain letters, digits or symbols": any(kind[0] in "LNPS" for kind in kinds),
    }


def check_folder(answers, folder):
    """Return a line if writing here would overwrite files, follow a link or fill the disk."""
    slug, disk = answers["project_slug"], shutil.disk_usage(folder)
    # cruft does not say which output folder it was given; the current one is its default.
    place = Path(answers.get("_output_dir") or os.environ.get("PWD", ""), slug)
    linked = place.is_symlink() and place.resolve() == folder.resolve()
    rules = {
        "be the same as in the recorded run": slug == answers["__project_slug_answer"],
        "not name a link": folder.name == slug and not linked,
        "name a new or empty folder": not any(folder.iterdir()),
        "not be generated with other `_new_lines`": answers["_new_lines"] == "\n",
        "name a folder on a disk with 15 MB left": disk.free >= ROOM or disk.total == UNKNOWN,
    }
    lines = [f"project_slug must {rule} (got {slug!r})." for rule in rules if not rules[rule]]
    return {"project_slug": lines[0]} if lines else {}


def repeat(answers, problems):
    """Return a command that asks again, with the valid answers as defaults; none under cruft."""
    if "_output_dir" not in answers:
        return ""
    # uvx sets UV. A token in the URL of the template does not belong in a log.
    template = re.sub("(https?://)[^/]*@", r"\1", answers["_template"])
    words = ["cookiecutter", template, "--output-dir", answers["_output_dir"]]
    words = ["uvx", *words] if "UV" in os.environ else words
    words += ["--checkout", answers["_checkout"]] if answers.get("_checkout") else []
    words += [f"{n}={answers[n]}" for n in answers if n[0] != "_" and n not in problems]
    return f"\n\nTo answer again, with the valid answers as defaults:\n\n    {shlex.join(words)}"


ROOM, UNKNOWN = 15_000_000, 0  # bytes: several times the largest project; of some file systems
DEFAULT_SLUG = "{" + "{ cookiecutter.__default_slug }" + "}"
MARK = re.compile("[{][{%#]|[}%#][}]")
HOST = "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])"
ATOM = "[A-Za-z0-9!$'*+=^_|~-]+"  # no character with a special meaning in a mailto: link
EMAIL = r"(?=[A-Za-z0-9][^@]{0,63}@)(?=.{1,254}\Z)" + f"{ATOM}([.]{ATOM})*@(?i:{HOST})"
SLUG_RULE = "be 3 to 40 of a-z, 0-9 and _, start with a letter and not end with _"
RULES = {
    "project_name": (".{1,120}", "have at most 120 characters"),
    "project_slug": ("[a-z][a-z0-9_]{1,38}[a-z0-9]", SLUG_RULE),
    "description": (".{1,300}", "have at most 300 characters"),
    "author_name": (".{1,120}", "have at most 120 characters"),
    "author_email": (EMAIL, "be one plain email address such as jane@example.com"),
    "domain_name": (r"(?=.{1,200}\Z)" + HOST, "be a lower-case host name such as example.com"),
}
FREE_TEXT = ("project_name", "description", "author_name")
# Parts of the names of invisible characters outside the categories above.
BLANK = re.compile(
    "VARIATION SELECTOR|FILLER|JOINER|INHERENT|PATTERN BLANK|OBJECT REPL|NULL NOTEHEAD"
)
# Emoji sequences, in which invisible characters join and modify pictures (Unicode TS 51).
PICTURE = "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23fa\u24c2\u25aa-\u27bf"
PICTURE += "\u2934-\u2b55\u3030\U0001f000-\U0001faff][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
EMOJI = re.compile(f"{PICTURE}(\u200d{PICTURE})*|[0-9#*]\ufe0f\u20e3")

if __name__ == "__main__":
    main()
