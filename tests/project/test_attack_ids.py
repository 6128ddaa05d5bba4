"""Attack IDs: each generated project tests the whole list of attacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS

if TYPE_CHECKING:
    from tests.conftest import Baker

# What a project of each model must survive, by the letters of the list: the web, passwords and
# accounts, sessions, tokens, and both together. Gaps in the numbers are the list's own.
WEB = "W01 W02 W03 W04 W05 W06 W07 W08 W09 W10 W11 W12 W14 W17 W18 W20 W21 W22 W23 W24 W26 W27 W28"
ACCOUNTS = "P01 P02 P04 P05 P06 P07 P08 P09 P10 P11 P13 P15 P16 P17 P18 P19 P20 P21 P22 P23 P24"
COMMON = f"{WEB} W29 W30 {ACCOUNTS} P25 P26 P28 P29 P30 S16 J17 J24 B13 R1 R2"
SESSIONS = "W13 W15 S01 S02 S03 S05 S06 S07 S08 S09 S11 S12 S13 S14 S15 S17 S18 S19 M08"
TOKENS = "J01 J02 J03 J04 J05 J06 J08 J09 J10 J12 J13 J14 J15 J16 J20 J22 J25 J26 J27 J28 J29 J30"
MORE_TOKENS = "M14 J31 J32 J33 J34 J35 J36 W15"
SEAMS = "B01 B03 B05 B06 B07 B08 B09 B10 B12"
ROWS = {
    "session": f"{COMMON} {SESSIONS}",
    "jwt": f"{COMMON} {TOKENS} {MORE_TOKENS}",
    "both": f"{COMMON} {SESSIONS} {TOKENS} {MORE_TOKENS} {SEAMS}",
}
# Of a project with a second factor; the other rows of pages are tests of the unit lane.
PAGES = "M01 M02 M04 M05 M07 M08 M10 M12 M20"
API = "M01 M02 M03 M04 M05 M06 M07 M08 M09 M10 M12 M14 M16 M18 M19"
SECOND_FACTOR = {"session": PAGES, "jwt": API, "both": f"{PAGES} {API}"}
# Of a project with passkeys, in addition.
PASSKEYS = {"session": "M11 M13", "jwt": "M11 M12 M13", "both": "M11 M12 M13"}
ROW = re.compile(r"\b[WPSJBRM]\d\d?\b")
TEST = re.compile(r'^def test_.*?"""(.*?)[.:]', re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("registration", "second_factor"), [("open", "passkeys"), ("closed", "totp")]
)
@pytest.mark.parametrize("auth", MODELS)
def test_every_row_is_a_test(
    bake: Baker, auth: str, registration: str, second_factor: str
) -> None:
    answers = {"registration": registration, "second_factor": second_factor}
    folder = bake(auth=auth, **answers).path / "tests" / "attacks"
    sources = [path.read_text("utf-8") for path in folder.rglob("test_*.py")]
    found = {row for text in sources for said in TEST.findall(text) for row in ROW.findall(said)}

    wanted = {*ROWS[auth].split(), *SECOND_FACTOR[auth].split()}
    wanted |= {"P03"} if registration == "open" else set()
    wanted |= {*PASSKEYS[auth].split()} if second_factor == "passkeys" else set()
    assert wanted - found == set()


@pytest.mark.parametrize("auth", MODELS)
def test_every_security_test_says_what_it_is_about(bake: Baker, auth: str) -> None:
    folder = bake(auth=auth).path / "tests" / "attacks"
    for path in folder.rglob("test_*.py"):
        if path.name in {"test_documented.py", "test_openapi_holds.py"}:
            continue
        text = path.read_text("utf-8")
        tests = re.findall(r"^def (test_\w+)", text, re.MULTILINE)
        documented = re.findall(r'^def (test_\w+)\([^"]*?:\n    """', text, re.MULTILINE)
        assert documented == tests, path.name
