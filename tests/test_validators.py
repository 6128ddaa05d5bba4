"""The rules of the pre hook, through the very functions that it runs."""

from __future__ import annotations

import keyword
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from tests.conftest import Bake


@pytest.fixture(scope="module")
def hook(load_hook: Callable[..., ModuleType]) -> ModuleType:
    return load_hook("pre_gen_project")


@pytest.mark.parametrize("slug", ["acme", "my_service", "a1b", "x" * 40, "shop2", "a_b_c"])
def test_good_slugs(hook: ModuleType, slug: str) -> None:
    """G14."""
    hook.check_slug(slug)


@pytest.mark.parametrize(
    "slug",
    [
        *("", " ", "_", "__", "-", "a", "ab" * 21, "a" * 255, "a" * 100_000),
        *(
            "1abc",
            "_abc",
            "abc_",
            ".abc",
            "abc.",
            "abc ",
            " abc",
            "Abc",
            "My Service",
            "my-service",
        ),
        *("../evil", "..", ".", "a/b", "a\\b", "/tmp/x", "C:\\x", "~/x", "//host/share"),
        *("abc\n", "abc\r", "abc\t", "ab\0c", "ab\x1bc", "ab\u200bc", "ab\u202ec"),
        *("naïve", "ﬁle", "ａｂｃ", "проект", "ıstanbul"),
        *("{{x}}", "{%x", "$(id)", "`id`", ";rm -rf", "%s", "$HOME"),
        *("django", "rest_framework", "jwt", "pytest", "celery", "redis", "gunicorn"),
        *("config", "accounts", "session_auth", "token_auth", "tests", "manage", "static"),
        *("con", "nul", "com1", "lpt9", "postgres", "template0", "user", "order", "select"),
    ],
)
def test_bad_slugs(hook: ModuleType, slug: str) -> None:
    """G01 G02 G04 G05 G06 G07 G10 G11 G12 G13 G14 G15."""
    with pytest.raises(hook.Refused, match="project_slug"):
        hook.check_slug(slug)


@pytest.mark.parametrize("word", sorted({*keyword.kwlist, *keyword.softkwlist}))
def test_keywords_are_no_slugs(hook: ModuleType, word: str) -> None:
    """G08."""
    with pytest.raises(hook.Refused):
        hook.check_slug(word.lower())


def test_the_standard_library_is_known(hook: ModuleType) -> None:
    """G09."""
    missing = {name for name in sys.stdlib_module_names if not name.startswith("_")}
    assert missing <= hook.STANDARD_LIBRARY


@pytest.mark.slow
def test_installed_packages_are_known(
    hook: ModuleType, bake_with_venv: Callable[[str], tuple[Bake, Path]]
) -> None:
    """G10."""
    _, python = bake_with_venv("both")
    script = "from importlib.metadata import packages_distributions as p; print(*p())"
    printed = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True)
    names = {name for name in printed.stdout.split() if hook.SLUG.fullmatch(name)}
    # mypyc names a module of its own after a hash: nobody's slug.
    names = {name for name in names if not name.endswith("__mypyc")}
    assert names <= hook.PACKAGES | hook.STANDARD_LIBRARY | hook.TAKEN


@pytest.mark.parametrize(
    "text",
    [
        'Alice\'s "big" app',
        "O'Brien & Sons <x>",
        "50% off",
        "C# #1",
        "back\\slash",
        "*bold* [x](y)",
        "=1+1",
        "naïve 日本語 🚀 العربية",
        "by \U0001f469\u200d\U0001f4bb and \u2764\ufe0f\u200d\U0001f525",
        "$(id) `id` ${PATH}",
        "</title><script>",
        "1e3",
        "~",
        "| x",
        "%(x)s",
        "#",
        "---",
        "e\u0301",
        "\U0001f1e9\U0001f1ea \U0001f44d\U0001f3fd",
    ],
)
def test_good_text(hook: ModuleType, text: str) -> None:
    """G17 G22 G23 G25."""
    hook.check_text("project_name", text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "  ", " x", "x ", "x" * 121),
        *("a\nb", "a\rb", "a\tb", "a\0b", "a\x1bb", "a\x7fb", "a\x85b", "a\u2028b", "a\u202eb"),
        *("a\u200bb", "a\u200db", "a\u200d🚀", "\u200da", "a\ufeffb", "a\udcffb"),
        *("{{ 7*7 }}", "{% raw %}", "{# x #}", "a }} b", "${{ github.token }}"),
        *(
            "\u3164",
            "\u2800",
            "a\u00adb",
            "a\u2066b",
            "a\ufff9b",
            "a\U000e0041b",
            "\ufe0f",
            "\u0301",
        ),
        *("\ufe0f", "\u0301", "\u00a0", "\u3000x", "x\u2003", "a\u115fb", "a\ud83d\ude00b"),
    ],
)
def test_bad_text(hook: ModuleType, text: str) -> None:
    """G19 G21 G24 G27 G28."""
    with pytest.raises(hook.Refused, match="project_name"):
        hook.check_text("project_name", text)


@pytest.mark.parametrize("email", ["jane@example.com", "a+b@ex-ample.co.uk", "A.o'b_c@X.io"])
def test_good_emails(hook: ModuleType, email: str) -> None:
    """G31."""
    hook.check_email(email)


@pytest.mark.parametrize(
    "email",
    [
        *("", "jane", "a@b", "a@@b.com", "a b@c.com", "a@b .com", "-a@b.com", "a@-b.com"),
        *("a@b.com\nBcc: x@y.com", '"<x>"@y.com', "Jane <jane@x.com>", "a@exämple.com"),
        *("a" * 65 + "@x.com", "a@" + "b" * 250 + ".com", ".a@b.com", "a..b@c.com", "a@b.c"),
        *(
            "a#b@c.com",
            "a?b@c.com",
            "a&b@c.com",
            "a%41@c.com",
            "a/b@c.com",
            "a@b.com ",
            "a@b.com.",
        ),
    ],
)
def test_bad_emails(hook: ModuleType, email: str) -> None:
    """G31."""
    with pytest.raises(hook.Refused, match="author_email"):
        hook.check_email(email)


@pytest.mark.parametrize("domain", ["example.com", "a.b-c.example.org", "xn--bcher-kva.example"])
def test_good_domains(hook: ModuleType, domain: str) -> None:
    """G32."""
    hook.check_domain(domain)


@pytest.mark.parametrize(
    "domain",
    [
        *("", "localhost", "example", "http://example.com", "example.com/x", "example.com:80"),
        *("*", "*.example.com", ".example.com", "example.com.", "a_b.com", "127.0.0.1", "::1"),
        *("Example.com", "exämple.com", "a.com\n", "a.com,b.com", "-a.com", "a-.com", "a..com"),
        *(".".join(["a" * 60] * 4), "a" * 64 + ".com", "example.com ", "ex ample.com", "a.1"),
    ],
)
def test_bad_domains(hook: ModuleType, domain: str) -> None:
    """G32."""
    with pytest.raises(hook.Refused, match="domain_name"):
        hook.check_domain(domain)


def test_bad_choices(hook: ModuleType) -> None:
    """G33 G34 G35."""
    for field, choices in hook.CHOICES.items():
        for answer in ("evil", "", "Yes", "TRUE", "1", "; DROP", "../", choices[0].upper() + " "):
            with pytest.raises(hook.Refused, match=field):
                hook.check_choice(field, answer)


def test_the_choices_are_those_that_are_asked(
    hook: ModuleType, definition: dict[str, list[str]]
) -> None:
    """G33."""
    asked = {name: tuple(value) for name, value in definition.items() if isinstance(value, list)}
    assert {name: asked[name] for name in asked if not name.startswith("_")} == hook.CHOICES
