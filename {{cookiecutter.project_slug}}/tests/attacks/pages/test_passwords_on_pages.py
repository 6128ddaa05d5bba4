"""P: passwords and accounts, on pages."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.attacks.pages.browser import SESSION, Browser, link_in
from tests.attacks.server import PASSWORD, Answer, Server

ADMIN = "/back-office/"
NEW = "the tide comes in at six"


def like(answer: Answer) -> tuple[object, ...]:
    """Return what an answer tells, without what is random in every one."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.text)
    body = re.sub(r"(?i)[\w.+-]+@example\.com", "an address", body)
    headers = Counter(name for name, _ in answer.headers.items())
    cookies = sorted(c.partition("=")[0] for c in answer.headers.get_all("Set-Cookie", []))
    return answer.status, headers, cookies, body


def test_p01_every_refusal_is_the_same(server: Server, email: str) -> None:
    """P01, ASVS 6.3.8."""
    answers = [Browser(server).sign_in(name, "wrong") for name in (email, "no@example.com")]

    assert like(answers[0]) == like(answers[1])
    assert answers[0].status == 200


def test_p04_asking_for_a_link_tells_nothing(server: Server, email: str) -> None:
    """P04, P06, ASVS 6.3.8."""
    path = "/accounts/password_reset/"
    answers = [Browser(server).submit(path, email=name) for name in (email, "no@example.com")]

    assert like(answers[0]) == like(answers[1])
    assert "/reset/" in server.mail_to(email)
    assert "To: no@example.com" not in server.out.read_text()


def test_p06_moving_to_a_taken_address_tells_nothing(server: Server, browser: Browser) -> None:
    """P06, P25, ASVS 6.3.8: only the owner of the address is told."""
    taken = server.new_user()
    path = "/accounts/email_change/"
    answers = [
        browser.submit(path, email=name, password=PASSWORD)
        for name in (taken, "a-free-one@example.com")
    ]

    assert like(answers[0]) == like(answers[1])
    assert "/verify-email/" not in server.mail_to(taken)
    assert "/verify-email/" in server.mail_to("a-free-one@example.com")


@pytest.mark.parametrize(
    "weak",
    ["short", "password1234", "qwertyuiop12", "111111111111", "letmeinletmein"],
)
def test_p15_weak_passwords_are_refused_with_the_reason(browser: Browser, weak: str) -> None:
    """P15, ASVS 6.2.1, 6.2.4, 6.2.11, 6.2.12."""
    form = {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}
    answer = browser.submit("/accounts/password_change/", **form)

    assert answer.status == 200
    assert "This password" in answer.text


@pytest.mark.parametrize(
    "typed",
    [
        "  spaces at  both ends ",
        "🌊🌊🌊🌊🌊🌊🌊🌊 the sea",
        "8301947562038",
        "x k" * 21 + "z",
        "y f" * 42,
    ],
)
def test_p16_a_password_counts_as_it_was_typed(
    server: Server, browser: Browser, email: str, typed: str
) -> None:
    """P16, ASVS 6.2.5, 6.2.8, 6.2.9."""
    form = {"old_password": PASSWORD, "new_password1": typed, "new_password2": typed}
    assert browser.submit("/accounts/password_change/", **form).status == 302

    assert Browser(server).sign_in(email, typed).status == 302
    assert Browser(server).sign_in(email, typed[:-1]).status == 200
    if typed.strip() != typed:
        assert Browser(server).sign_in(email, typed.strip()).status == 200


@pytest.mark.parametrize("length", [4096, 500_000])
def test_p17_a_huge_password_costs_no_more(server: Server, email: str, length: int) -> None:
    """P17, ASVS 15.2.2."""
    assert Browser(server).sign_in(email, "x" * length).status == 200


def test_p18_p21_a_reset_link_is_good_once_and_leaves_the_address_bar(
    server: Server, email: str
) -> None:
    """P18, P21, ASVS 6.5.1, 14.2.1, 14.3.2."""
    visitor = Browser(server)
    visitor.submit("/accounts/password_reset/", email=email)
    link = link_in(server.mail_to(email))
    first = visitor.get(link)
    assert first.status == 302
    assert "no-store" in first.headers["Cache-Control"]
    assert first.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    page = first.headers["Location"]
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in page
    assert token not in visitor.get(page).text
    assert visitor.post(page, {"new_password1": NEW, "new_password2": NEW}).status == 302

    for late in (visitor, Browser(server)):
        assert "set-password" not in late.get(link).headers.get("Location", "")
        assert late.get(link).status == 200
    assert token not in server.log()


@pytest.mark.parametrize("round_", range(4))
def test_p18_of_many_uses_of_a_reset_link_at_once_one_counts(
    server: Server, email: str, round_: int
) -> None:
    """P18, ASVS 6.5.1, 15.4.2: a link works once, also under concurrent requests."""
    Browser(server).submit("/accounts/password_reset/", email=email)
    link = link_in(server.mail_to(email))
    visitors = [Browser(server) for _ in range(8)]
    pages = [visitor.get(link).headers["Location"] for visitor in visitors]
    for visitor, page in zip(visitors, pages, strict=True):
        visitor.get(page)
    barrier = Barrier(8)

    def follow(number: int) -> int:
        new = f"{NEW} {number}"
        barrier.wait(timeout=20)
        form = {"new_password1": new, "new_password2": new}
        return visitors[number].post(pages[number], form).status

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(follow, range(8)))

    assert statuses == [200] * 7 + [302]
    signed_in = [Browser(server).sign_in(email, f"{NEW} {number}").status for number in range(8)]
    assert sorted(signed_in) == [200] * 7 + [302]


def test_p18_a_newer_link_ends_the_one_before(server: Server, email: str) -> None:
    """P18, ASVS 6.4.1."""
    links = []
    for known in range(2):
        Browser(server).submit("/accounts/password_reset/", email=email)
        links.append(link_in(server.mail_to(email, "/reset/", after=known)))

    older, newer = (Browser(server).get(link).status for link in links)
    assert (older, newer) == (200, 302)


def test_p18_a_sign_in_ends_a_reset_link(server: Server, email: str) -> None:
    """P18: and the token of one user opens nothing for another."""
    Browser(server).submit("/accounts/password_reset/", email=email)
    link = link_in(server.mail_to(email))
    other = server.new_user()
    Browser(server).submit("/accounts/password_reset/", email=other)
    uid, token = link.split("/")[3], link_in(server.mail_to(other)).split("/")[4]
    assert Browser(server).get(f"/accounts/reset/{uid}/{token}/").status == 200

    assert Browser(server).sign_in(email).status == 302
    assert Browser(server).get(link).status == 200


@pytest.mark.parametrize(
    "typed",
    [
        "{email}\r\nBcc: evil@evil.test",
        "{email},evil@evil.test",
        "{email};evil@evil.test",
        "<{email}>",
        "{email}\x00",
        "evil@evil.test {email}",
    ],
)
def test_p20_no_address_brings_a_mail_to_somebody_else(
    server: Server, email: str, typed: str
) -> None:
    """P20, ASVS 1.3.11, WSTG-INPV-17."""
    answer = Browser(server).submit("/accounts/password_reset/", email=typed.format(email=email))

    assert answer.status < 500
    assert "evil@evil.test" not in server.out.read_text()


def test_p20_a_look_alike_gets_no_mail_of_another(server: Server, email: str) -> None:
    """P20, CVE-2019-19844."""
    for look_alike in (email.replace("u", "ս"), email.replace("s", "ѕ"), f"{email}．"):
        Browser(server).submit("/accounts/password_reset/", email=look_alike)

    assert f"To: {email}" not in server.out.read_text()


def test_p22_mails_and_guessed_links_are_counted(server: Server, email: str) -> None:
    """P22, ASVS 2.4.1, 6.6.3: and they lock no one out."""
    path = "/accounts/password_reset/"
    statuses = [Browser(server).submit(path, email=email).status for _ in range(6)]
    assert statuses == [302] * 5 + [429]
    thief = Browser(server)
    guesses = [thief.get(f"/accounts/reset/MQ/abcdef-{n:032x}/").status for n in range(21)]
    assert guesses == [200] * 20 + [429]
    assert thief.get("/accounts/verify-email/x/").status == 429

    assert Browser(server).sign_in(email).status == 302


def test_p24_the_password_changes_in_one_place_and_with_the_old_one(
    server: Server, browser: Browser, email: str
) -> None:
    """P24, ASVS 6.2.2, 6.2.3."""
    for old in ("", "wrong"):
        form = {"old_password": old, "new_password1": NEW, "new_password2": NEW}
        assert browser.submit("/accounts/password_change/", **form).status == 200
    browser.submit("/accounts/profile/", name="Ada", password=NEW, new_password1=NEW)

    assert Browser(server).sign_in(email).status == 302


def test_p25_an_address_changes_with_the_password_and_after_a_confirmation(
    server: Server, browser: Browser, email: str
) -> None:
    """P25, ASVS 7.5.1, 6.3.7: the old address is told, and the link is good once."""
    path, new = "/accounts/email_change/", f"moved-{email}"
    assert browser.submit(path, email=new, password="wrong").status == 200
    assert browser.submit(path, email=new, password=PASSWORD).status == 302
    assert Browser(server).sign_in(new).status == 200
    link = link_in(server.mail_to(new))
    stranger = Browser(server)
    stranger.sign_in(server.new_user())
    assert stranger.submit(link).status == 302
    assert stranger.is_signed_in()

    assert new not in stranger.get("/accounts/profile/").text
    assert Browser(server).submit(link).status in {400, 403}
    assert Browser(server).sign_in(new).status == 302
    assert new not in server.mail_to(email, "was changed")


@pytest.mark.parametrize("name", ["admin", "root", "admin@example.com", "test@example.com"])
def test_p28_there_are_no_default_accounts(server: Server, name: str) -> None:
    """P28, ASVS 6.3.2."""
    assert Browser(server).sign_in(name, "admin").status == 200


def test_w29_no_page_shows_what_is_inside(browser: Browser) -> None:
    """W29, ASVS 15.3.1."""
    for path in ("/", "/accounts/profile/", "/accounts/sign-ins/"):
        page = browser.get(path).text
        assert "argon2" not in page
        assert browser.cookies[SESSION] not in page
