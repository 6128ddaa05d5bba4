"""The rules of the pre hook, tested as functions."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from cookiecutter.generate import generate_context
from cookiecutter.prompt import prompt_for_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from tests.conftest import Bake

    Broken = Callable[[str, object], str | None]


@pytest.fixture(scope="module")
def hook(load_hook: Callable[..., ModuleType]) -> ModuleType:
    return load_hook("pre_gen_project")


@pytest.fixture
def broken(hook: ModuleType, definition: dict[str, Any]) -> Callable[[str, object], str | None]:
    """Return the rule that an answer violates, or None."""
    return lambda name, answer: hook.broken_rule(name, answer, definition)


@pytest.mark.parametrize(
    "slug",
    [
        *("acme", "my_service", "a1b", "x" * 40, "shop2", "a_b_c"),
        *("api", "web", "data", "service", "config", "accounts", "json", "test", "class", "user"),
    ],
)
def test_valid_slugs(broken: Broken, slug: str) -> None:
    """A slug is never imported, so names of Python modules are valid."""
    assert broken("project_slug", slug) is None


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
        *("django", "pytest", "redis", "gunicorn", "django_csp", "pyjwt", "pip", "setuptools"),
        *("con", "nul", "com1", "lpt9", "postgres", "template0", "template1"),
        *("default", "kube_system", "scratch"),
    ],
)
def test_invalid_slugs(broken: Broken, slug: str) -> None:
    assert broken("project_slug", slug)


@pytest.mark.slow
def test_names_of_installed_packages_are_reserved(
    broken: Broken, bake_with_venv: Callable[[str], tuple[Bake, Path]]
) -> None:
    """A project cannot depend on a package that has the same name."""
    _, python = bake_with_venv("both")
    script = (
        "from importlib.metadata import distributions; print(*(d.name for d in distributions()))"
    )
    printed = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True)
    names = {re.sub(r"[-_.]+", "_", name).lower() for name in printed.stdout.split()}
    assert "django" in names
    free = {name for name in names if broken("project_slug", name) is None}
    assert free - {"my_service"} == set()


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
def test_valid_text(broken: Broken, text: str) -> None:
    assert broken("project_name", text) is None


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
def test_invalid_text(broken: Broken, text: str) -> None:
    assert broken("project_name", text)


@pytest.mark.parametrize(
    "text",
    [
        *("user\ufe00name", "a\U000e0100b", "a\u180bb", "a\u2065b", "-\u200d-", "a\ufffeb"),
        *("a\ufe0fb", "\u2200\u200d\u2200", "\u00b0\u200d\u00b0", "a\U0001fffeb", "a\ufdd0b"),
        *("a\u17b4b", "a\u034fb", "a\ufffcb", "a\U0001d159b", "a\U000e01efb", "a\u180fb"),
        *("\U0001f680\u200d", "\U0001f680\u200d\u200d\U0001f680", "\U0001f680\ufe0f\ufe0f"),
        *("1\ufe0f", "\u200d\U0001f680", "\U0001f680\u200dx", "a\U0001bca0b", "a\ufff0b"),
        *("\U0001f3f4\U000e0067\U000e0062", "a\u3164b", "a\u2800b", "a\u061cb"),
    ],
)
def test_text_with_invisible_characters_is_rejected(broken: Broken, text: str) -> None:
    """G-12: invisible characters are rejected, and so are joiners outside emoji."""
    assert broken("author_name", text) == "be one line without control or invisible characters"


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 family",
        "\u2764\ufe0f\u200d\U0001f525",
        "\U0001f3f3\ufe0f\u200d\U0001f308",
        "\U0001f469\U0001f3fd\u200d\U0001f4bb",
        "\U0001f642\u200d\u2194\ufe0f",
        "Acme\u2122\ufe0f",
        "1\ufe0f\u20e3",
        "\U0001f4a9",
    ],
)
def test_emoji_sequences_are_valid(broken: Broken, text: str) -> None:
    """Joiners and variation selectors belong to emoji."""
    assert broken("author_name", text) is None


@pytest.mark.parametrize("email", ["jane@example.com", "a+b@ex-ample.co.uk", "A.o'b_c@X.io"])
def test_valid_emails(broken: Broken, email: str) -> None:
    assert broken("author_email", email) is None


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
def test_invalid_emails(broken: Broken, email: str) -> None:
    assert broken("author_email", email)


@pytest.mark.parametrize("domain", ["example.com", "a.b-c.example.org", "xn--bcher-kva.example"])
def test_valid_domains(broken: Broken, domain: str) -> None:
    assert broken("domain_name", domain) is None


@pytest.mark.parametrize(
    "domain",
    [
        *("", "localhost", "example", "http://example.com", "example.com/x", "example.com:80"),
        *("*", "*.example.com", ".example.com", "example.com.", "a_b.com", "127.0.0.1", "::1"),
        *("Example.com", "exämple.com", "a.com\n", "a.com,b.com", "-a.com", "a-.com", "a..com"),
        *(".".join(["a" * 60] * 4), "a" * 64 + ".com", "example.com ", "ex ample.com", "a.1"),
    ],
)
def test_invalid_domains(broken: Broken, domain: str) -> None:
    assert broken("domain_name", domain)


def test_invalid_choices(broken: Broken, definition: dict[str, Any]) -> None:
    choices = {n: v for n, v in definition.items() if isinstance(v, list) and n[0] != "_"}
    assert "auth" in choices
    for name, answers in choices.items():
        assert all(broken(name, answer) is None for answer in answers)
        for answer in ("evil", "", "Yes", "TRUE", "1", "; DROP", "../", answers[0].upper() + " "):
            assert broken(name, answer) == f"be one of {', '.join(answers)}"


def test_every_question_has_a_rule(hook: ModuleType, definition: dict[str, Any]) -> None:
    """Each question has a list of choices or a pattern."""
    texts = [n for n, v in definition.items() if n[0] != "_" and not isinstance(v, list)]
    assert list(hook.RULES) == texts


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Shop Floor", "shop_floor"),
        ("API", "api"),
        ("2d Viewer", "my_2d_viewer"),
        ("AB", "my_ab"),
        ("Django", "my_django"),
        ("CON", "my_con"),
        ("\U0001f680", "my_service"),
        ("___", "my_service"),
        ("42", "my_42"),
        ("\u65e5\u672c\u8a9e", "ri_ben_yu"),
        ("9" * 120, "my_" + "9" * 37),
    ],
)
def test_the_default_slug_is_valid_for_every_name(
    broken: Broken, template: Path, name: str, slug: str
) -> None:
    """A default that is rejected after the last question would discard all answers."""
    context = generate_context(str(template / "cookiecutter.json"), None, {"project_name": name})
    default = prompt_for_config(context, no_input=True)["project_slug"]
    assert default == slug
    assert broken("project_slug", default) is None
