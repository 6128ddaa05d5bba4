"""The attacks and events that the documents name are tested and recorded."""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ID = re.compile(r"\b[WPSJBR]\d\d?\b")
RECORDED = re.compile(r'(?:record|log\.exception|log\.info)\(\s*"(\w+)"')


def claimed(documents: str = "*.md") -> str:
    paths = sorted((PROJECT / "docs").glob(documents))
    return "\n".join(path.read_text("utf-8") for path in paths)


def docstrings() -> str:
    return "\n".join(
        line
        for path in sorted(Path(__file__).parent.rglob("test_*.py"))
        for line in path.read_text("utf-8").splitlines()
        if '"""' in line
    )


def test_every_claim_leads_to_a_test() -> None:
    assert set(ID.findall(claimed())) - set(ID.findall(docstrings())) == set()


def test_every_test_belongs_to_a_claim() -> None:
    # R3 is the form of answers, and no threat.
    assert set(ID.findall(docstrings())) - set(ID.findall(claimed())) <= {"R3"}


def test_every_event_is_listed() -> None:
    sources = [path for path in PROJECT.glob("*/**/*.py") if path.parts[-2] != "tests"]
    own = [path for path in sources if "security" in path.read_text("utf-8")]
    recorded = {
        event
        for path in own
        if not path.is_relative_to(PROJECT / "tests")
        for event in RECORDED.findall(path.read_text("utf-8"))
    }
    listed = re.findall(r"^\| (`\w+`.*?) \|", claimed("security*.md"), re.MULTILINE)

    assert recorded == set(re.findall(r"`(\w+)`", " ".join(listed)))
