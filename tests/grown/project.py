"""A generated project after a team's first month."""

from __future__ import annotations

import re
import shutil
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
PACKAGES = ["django-countries", "django-extensions", "django-filter"]
# Those of the recipes too, which use the same environment.
INSTALLED = [
    *PACKAGES,
    "celery",
    "celery-types",
    "channels",
    "daphne",
    "django-allauth[socialaccount]",
    "django-anymail",
    "django-debug-toolbar",
    "django-hijack",
    "django-import-export",
]
APPS = "".join(f'    "{name}",\n' for name in ("django_countries", "django_filters", "shop"))
FIELDS = """    nickname = models.CharField(max_length=30, unique=True, null=True, blank=True)
    phone = models.CharField(max_length=30, blank=True)
"""
TOOLBAR_SETTINGS = """
INSTALLED_APPS += ["debug_toolbar"]
MIDDLEWARE.insert(0, "debug_toolbar.middleware.DebugToolbarMiddleware")
INTERNAL_IPS = ["127.0.0.1"]
"""
TOOLBAR_URLS = """
urlpatterns += [
    path("__debug__/", include("debug_toolbar.urls"))
    for installed in settings.INSTALLED_APPS
    if installed == "debug_toolbar"
]
"""
LOGO = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NOTES = """
## Our Own Notes

Uploads are kept in S3; a P1 incident wakes up the person on call.

| Severity | Who Is Called |
|---|---|
| P1 | everyone |
"""


def edit(path: Path, *changes: tuple[str, str]) -> None:
    """Replace texts in a file; each must occur exactly once."""
    text = path.read_text("utf-8")
    for before, after in changes:
        assert text.count(before) == 1, (path, before, text.count(before))
        text = text.replace(before, after)
    path.write_text(text, "utf-8")


def substitute(path: Path, pattern: str, replacement: str) -> None:
    """Replace the first match of a pattern, which must exist."""
    text, count = re.subn(pattern, replacement, path.read_text("utf-8"), count=1)
    assert count == 1, (path, pattern)
    path.write_text(text, "utf-8")


def grow(project: Path, auth: str, manage: Callable[..., object]) -> None:
    """Apply a team's first month to a project.

    Args:
        project: the project.
        auth: its model.
        manage: runs a command of `manage.py` with the given words.
    """
    pages, api = auth != "jwt", auth != "session"
    manage("startapp", "shop")
    (project / "shop/urls.py").unlink()
    for part, wanted in (("common", True), ("pages", pages), ("api", api)):
        if wanted:
            shutil.copytree(HERE / part, project, dirs_exist_ok=True)
    _change_settings(project / "config/settings", pages=pages, api=api)
    _change_urls(project / "config/urls.py", pages=pages, api=api)
    edit(
        project / "accounts/models.py",
        ('    USERNAME_FIELD = "email"\n', f'{FIELDS}\n    USERNAME_FIELD = "email"\n'),
    )
    edit(
        project / "config/settings/base.py",
        ('    "name": SITE_NAME,\n', '    "name": "Shop & Co",\n'),
        ('    "email_logo": "",\n', '    "email_logo": "brand/email-logo.png",\n'),
        ('LANGUAGES = [("en", "English"), ("de", "Deutsch")]', 'LANGUAGES = [("de", "Deutsch")]'),
    )
    _change_brand(project / "brand", pages=pages)
    for suffix in ("_subject.txt", ".txt", ".html"):
        email = project / f"accounts/templates/accounts/mail/order_shipped{suffix}"
        email.write_text("Your order {{ order }} was shipped.\n", "utf-8")
    _change_requirements(project / "pyproject.toml", toolbar=not pages)
    manage("makemigrations", "accounts", "--name", "nickname_and_phone")
    manage("makemigrations", "shop")
    with (project / "docs/security.md").open("a", encoding="utf-8") as document:
        document.write(NOTES)


def add_reviewed_routes(project: Path, message: str) -> list[str]:
    """Add the lines that a failed test printed, and return them."""
    lines = re.findall(r"^\S+ \| .*$", message, re.MULTILINE)
    with (project / "tests/attacks/routes.txt").open("a", encoding="utf-8") as routes:
        routes.writelines(f"{line}\n" for line in lines)
    return lines


def _change_brand(brand: Path, *, pages: bool) -> None:
    emails = brand / "templates/accounts/mail"
    emails.mkdir(parents=True)
    (emails / "footer.txt").write_text("{{ brand.name }}, Example Street 1, Vienna\n", "utf-8")
    (brand / "email-logo.png").write_bytes(LOGO)
    if pages:
        own = brand / "templates/session_auth"
        (own / "logo.html").write_text("Shop\n", "utf-8")
        (own / "footer.html").write_text('<p><img src="data:," alt="Vienna"></p>\n', "utf-8")
        (own / "home.html").unlink()


def _change_settings(settings: Path, *, pages: bool, api: bool) -> None:
    base = settings / "base.py"
    edit(
        base,
        ('    "accounts",\n', f'    "accounts",\n{APPS}'),
        ('LANGUAGE_CODE = "en"', 'LANGUAGE_CODE = "de"'),
        ('TIME_ZONE = "UTC"', 'TIME_ZONE = "Europe/Vienna"'),
    )
    # Django's own app first, and every user with a second factor.
    substitute(base, r'\n    "django.contrib.auth",', "")
    edit(base, ("INSTALLED_APPS = [\n", 'INSTALLED_APPS = [\n    "django.contrib.auth",\n'))
    edit(settings / "second_factor.py", ('REQUIRED = "nobody"', 'REQUIRED = "all"'))
    substitute(base, r'"account_and_ip": \(\d+, \d+\)', '"account_and_ip": (6, 600)')
    substitute(base, r'("links": \(\d+, \d+\),\n)', r'\1    "orders": (50, 3600),\n')
    substitute(base, r"PASSWORD_RESET_TIMEOUT = .*", "PASSWORD_RESET_TIMEOUT = 2 * 60 * 60")
    if pages:
        substitute(base, r'(\["session"\] = \{"idle": timedelta\()hours=1\)', r"\1minutes=20)")
    if api:
        substitute(base, r'(\["token"\] = \{"idle": timedelta\(days=)7\)', r"\g<1>14)")
        substitute(base, r'("ACCESS_TOKEN_LIFETIME": timedelta\(minutes=)5\)', r"\g<1>10)")
    if not pages:  # Projects with pages have the toolbar.
        development = settings / "development.py"
        edit(
            development,
            (
                "import BASE_DIR, LOGGING, SITE_NAME",
                "import BASE_DIR, INSTALLED_APPS, LOGGING, MIDDLEWARE, SITE_NAME",
            ),
        )
        with development.open("a", encoding="utf-8") as file:
            file.write(TOOLBAR_SETTINGS)


def _change_urls(urls: Path, *, pages: bool, api: bool) -> None:
    own = []
    if pages:
        own.append('    path("orders/", include("shop.urls")),\n')
    if api:
        own.append('    path("api/shop/", include(router.urls)),\n')
    edit(urls, ("urlpatterns = [\n", f"urlpatterns = [\n{''.join(own)}"))
    if api:
        edit(urls, ("from web.security_txt", "from shop.api import router\nfrom web.security_txt"))
    if not pages:
        edit(
            urls,
            (
                "from django.urls import",
                "from django.conf import settings\nfrom django.urls import",
            ),
        )
        with urls.open("a", encoding="utf-8") as file:
            file.write(TOOLBAR_URLS)


def _change_requirements(pyproject: Path, *, toolbar: bool) -> None:
    lines = "".join(f'    "{name}>=1",\n' for name in PACKAGES)
    unused = [*PACKAGES, "django-debug-toolbar"] if toolbar else PACKAGES
    edit(
        pyproject,
        ('    "django-csp>=4.0",\n', f'{lines}    "django-csp>=4.0",\n'),
        (
            '    "django-csp",\n',
            "".join(f'    "{name}",\n' for name in ["django-csp", *unused]),
        ),
    )
    if toolbar:
        extra = 'debug = ["django-debug-toolbar>=6.0"]\n'
        edit(
            pyproject,
            ("[project.optional-dependencies]\n", f"[project.optional-dependencies]\n{extra}"),
        )
