"""Refuses bad answers: one clear line for the first bad one, and nothing is generated.

Cookiecutter renders this file before it runs it. The answers come in through JSON, never pasted
into source text, so that no answer can become code.
"""

import difflib
import json
import keyword
import os
import re
import shutil
import signal
import sys
import time
import unicodedata
from pathlib import Path

ANSWERS = json.loads({{cookiecutter | tojson | tojson}})

# Cookiecutter drops a name that is no question before a hook could see it. So it is looked up
# where Cookiecutter and cruft keep what they were given: in the variables of the calls that led
# here, while Cookiecutter renders this file. Where there are none, nothing was given.
# {% set look = namespace(frame=none, caller="", given={}, configured={}) %}
# {% if lipsum is defined and lipsum.__globals__ is defined and lipsum.__globals__.os is defined %}
# {% set look.frame = lipsum.__globals__.os.sys._getframe() %}
# {% endif %}
# {% for _ in range(200) if look.frame %}
# {% set module, names = look.frame.f_globals.get("__name__"), look.frame.f_locals %}
# {% if module in ("cookiecutter.main", "cruft._commands.create", "cruft._commands.update") %}
# {% if names.get("extra_context") is mapping and not look.given %}
# {% set look.given, look.caller = names.extra_context, module %}
# {% endif %}
# {% if names.get("no_input") and names.get("config_dict") and not names.get("replay") %}
# {% set look.configured = names.config_dict.default_context or {} %}
# {% endif %}
# {% endif %}
# {% set look.frame = look.frame.f_back %}
# {% endfor %}
# {% set given, configured = [], [] %}
# {% for name, value in look.given.items() %}
# {% if look.caller != "cruft._commands.update" or not (name | string).startswith("_") %}
# {% set _ = given.append([name | string, value if value is string else none]) %}
# {% endif %}
# {% endfor %}
# {% for name, value in look.configured.items() %}
# {% set _ = configured.append([name | string, value if value is string else none]) %}
# {% endfor %}
# Pairs of a name and its answer, or None where the answer is no text.
GIVEN = json.loads({{given | tojson | tojson}})
CONFIGURED = json.loads({{configured | tojson | tojson}})
UPDATING = json.loads({{(look.caller == "cruft._commands.update") | tojson | tojson}})

CHOICES = {
    "auth": ("session", "jwt", "both"),
    "registration": ("open", "closed"),
    "django_version": ("5.2", "6.1"),
    "ci": ("github", "gitlab", "none"),
    "deployment": ("compose", "kubernetes", "both", "none"),
    "license": ("MIT", "Apache-2.0", "BSD-3-Clause", "proprietary"),
}
FREE_TEXT = {"project_name": 120, "description": 300, "author_name": 120}
QUESTIONS = ("project_slug", "author_email", "domain_name", *FREE_TEXT, *CHOICES)

# The standard library of Python 3.11 to 3.14; a set of names, because the Python that generates
# may be another than the one the project runs on.
STANDARD_LIBRARY = frozenset(
    """
    abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit
    audioop base64 bdb binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd
    code codecs codeop collections colorsys compileall compression concurrent configparser
    contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm
    decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler
    fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass
    gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp
    importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma
    mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing
    netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev
    pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath
    pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri
    random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve
    shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile
    sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau
    symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test tests
    textwrap this threading time timeit tkinter token tokenize tomllib trace traceback
    tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv
    warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile
    zipimport zlib zoneinfo
    """.split()
)
# What the generated projects and their tools import by name.
PACKAGES = frozenset(
    """
    aiosmtpd allauth anyio argon2 arrow asgiref ast_serialize attr attrs axes bandit
    binaryornot black celery certifi cffi charset_normalizer click cookiecutter corsheaders
    coverage cryptography csp dateutil debug_toolbar deptry dj_database_url dj_email_url
    django django_cache_url django_structlog django_stubs_ext djoser dotenv drf_spectacular
    drf_spectacular_sidecar environ environs execnet flake8 graphql greenlet grimp gunicorn
    harfile hatch hypothesis hypothesis_graphql idna importlinter inflection iniconfig
    ipware isort jinja2 jsonschema jsonschema_rs jsonschema_specifications jwt librt
    markdown_it markupsafe marshmallow mdurl mypy mypy_django_plugin mypy_drf_plugin
    mypy_extensions mypyc packaging pathspec pip_audit pkg_resources playwright pluggy
    poetry prometheus_client psycopg psycopg_binary psycopg_pool public py pycparser
    pygments pyrate_limiter pytest pytest_cookies pytest_cov pytest_django python_ipware
    redis referencing requests requirements rest_framework rest_framework_simplejwt rich
    rpds ruff schemathesis sentry_sdk six slugify sortedcontainers sqlparse starlette
    starlette_testclient structlog text_unidecode time_machine tomli typing_extensions
    tzdata uritemplate urllib3 uv werkzeug wheel whitenoise xdist yaml
    """.split()
)
# Names that the project itself, Django, the database or an operating system has another use for.
TAKEN = frozenset(
    """
    access accounts admin administration api app apps asgi auth authentication authorization base
    cache cli client common config configuration conftest console contenttypes core data database
    db default deploy development dist django docs documentation environment example examples
    forms health helpers hooks info lib libs local locale main manage management media messages
    middleware migrations models module package permissions postgres postgresql production project
    python redis requirements root script scripts security server service services session
    session_auth sessions settings setup signals signup sites src staff static staticfiles storage
    superuser system tasks template template0 template1 templates templatetags test testing tests
    token token_auth tokens tools urls user users utils validators valkey venv version views web
    wsgi
    all analyse analyze and any array as asc asymmetric both case cast check collate column
    constraint create current_date current_role current_time current_timestamp current_user
    deferrable desc distinct do else end except false fetch for foreign from grant group having
    in initially intersect into lateral leading limit localtime localtimestamp not null offset on
    only or order placing primary references returning select session_user some symmetric table
    then to trailing true union unique using variadic when where window with
    aux con nul prn com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6
    lpt7 lpt8 lpt9
    none true false async await match type case print
    """.split()
)

SLUG = re.compile(r"[a-z][a-z0-9_]{1,38}[a-z0-9]")
# Without the marks that mean something else in a mailto: link, where the address stands as it is.
EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9!$'*+=^_|~-]*(\.[A-Za-z0-9!$'*+=^_|~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
# Addresses such as noreply@ the host must be addresses, too.
DOMAIN_LENGTH = 200
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
# What joins several emoji into one picture; between letters it would be an invisible character.
EMOJI_JOINER = re.compile(r"(?<=[^\w\s])\u200d(?=[^\w\s])")
INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
# Characters of other categories that show as nothing, so that a text of them looks empty.
BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
# Each would be code to the next program that renders the text.
TEMPLATE_MARKS = ("{" + "{", "}" + "}", "{" + "%", "%" + "}", "{" + "#", "#" + "}")


SECONDS_FOR_THE_PARENT_TO_END = 1
# Several times what the largest project takes, in bytes.
ROOM = 10_000_000


class Refused(Exception):
    """An answer that breaks a rule; the message says which answer and which rule."""


class Terminated(Exception):
    """Somebody ends this process, or has ended Cookiecutter."""


def check_slug(slug, *, is_safe=True):
    """Refuse a slug that could not be a folder, a database and a package name everywhere."""
    rule = "project_slug must be 3 to 40 characters: a-z, 0-9 and _, first a letter, last no _"
    if not SLUG.fullmatch(slug) or not is_safe:
        raise Refused(rule)
    if (
        slug in STANDARD_LIBRARY
        or slug in PACKAGES
        or slug in TAKEN
        or keyword.iskeyword(slug)
        or keyword.issoftkeyword(slug)
    ):
        raise Refused("project_slug must not be a name that Python, Django or a tool uses already")


def check_marks(field, text):
    """Refuse what is code to a template, also where Cookiecutter has rendered it by now."""
    if any(mark in text for mark in TEMPLATE_MARKS):
        raise Refused(f"{field} must not hold template marks such as double braces")


def check_text(field, text):
    """Refuse free text that is empty, too long, or not just text."""
    if not text.strip():
        raise Refused(f"{field} must not be empty")
    visible = EMOJI_JOINER.sub("", text)
    if any(unicodedata.category(mark) in INVISIBLE or mark in BLANK for mark in visible):
        raise Refused(f"{field} must be one line without control or invisible characters")
    if not any(unicodedata.category(mark)[0] in "LNPS" for mark in text):
        raise Refused(f"{field} must hold letters, digits or signs")
    if text != text.strip():
        raise Refused(f"{field} must not begin or end with a space")
    if len(text) > FREE_TEXT[field]:
        raise Refused(f"{field} must have at most {FREE_TEXT[field]} characters")
    check_marks(field, text)


def check_email(email):
    """Refuse what is not one plain ASCII address."""
    local = email.partition("@")[0]
    if len(email) > 254 or len(local) > 64 or not EMAIL.fullmatch(email):
        raise Refused("author_email must be one plain address such as jane@example.com")


def check_domain(domain):
    """Refuse what is not the bare name of one public host."""
    if len(domain) > DOMAIN_LENGTH or not DOMAIN.fullmatch(domain):
        raise Refused("domain_name must be a bare lower-case host name such as app.example.com")


def check_choice(field, answer, where=""):
    """Refuse an answer that is not on the list."""
    if answer not in CHOICES[field]:
        raise Refused(f"{field} must be one of {', '.join(CHOICES[field])}{where}")


def looks_like(name, question):
    """Tell whether a name is a question with one letter too many, missing, wrong or misplaced."""

    def spellings(word):
        return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}

    same = name.lower().replace("-", "_")
    return len(question) > 2 and not spellings(same).isdisjoint(spellings(question))


def check_name(name, where=""):
    """Refuse a name that is no question, which Cookiecutter would ignore.

    Args:
        name: any text; what is printed of it fits on one line.
        where: words that say where the name stands.
    """
    if name in QUESTIONS:
        return
    close = difflib.get_close_matches(name.lower().replace("-", "_"), QUESTIONS, n=1)
    hint = f"did you mean {close[0]}?" if close else f"these are: {', '.join(sorted(QUESTIONS))}"
    raise Refused(f"{name[:60]!a}{where} is no question of this template ({hint})")


def check_given(given, *, updating=UPDATING):
    """Refuse what was named by hand and would not come out as it went in.

    Args:
        given: pairs of a name and its answer, None for an answer that is no text.
        updating: whether cruft generates, with the old template and then with the new one: what
            resembles no question may be one of the other.
    """
    for name, answer in given:
        if updating and not any(looks_like(name, question) for question in QUESTIONS):
            continue
        check_name(name)
        if answer is None:
            raise Refused(f"{name} must be text")
        check_marks(name, answer)


def check_configured(configured):
    """Refuse what a user configuration says about a question and Cookiecutter would ignore.

    Other templates read the same file, so that names which resemble no question are theirs.

    Args:
        configured: pairs of a name and its answer, None for an answer that is no text.
    """
    where = " in the user configuration"
    for name, answer in configured:
        if any(looks_like(name, question) for question in QUESTIONS):
            check_name(name, where)
        if name in QUESTIONS and answer is None:
            raise Refused(f"{name} must be text, in quotes,{where}")
        if name in QUESTIONS:
            check_marks(name, answer)
        if name in CHOICES:
            check_choice(name, answer, where)


def check(answers):
    """Refuse the first bad answer.

    Args:
        answers: all of them, by name.

    Raises:
        Refused: naming the answer and the rule.
    """
    for field in answers:
        if not field.startswith("_"):
            check_name(field)
    for field in QUESTIONS:
        if not isinstance(answers[field], str):
            raise Refused(f"{field} must be text")
    for field in FREE_TEXT:
        check_text(field, answers[field])
    given = answers["__project_slug_answer"]
    check_slug(given, is_safe=given == answers["project_slug"])
    check_email(answers["author_email"])
    check_domain(answers["domain_name"])
    for field in CHOICES:
        check_choice(field, answers[field])


def check_folder(folder):
    """Refuse to write over files or through a link, which `--overwrite-if-exists` would do."""
    if folder.is_symlink():
        raise Refused("the folder is a link; choose another project_slug")
    if any(folder.iterdir()):
        raise Refused("the folder exists and holds files; choose another project_slug")


def check_room(folder):
    """Refuse a full disk, on which Cookiecutter would leave what it has written by then."""
    disk = shutil.disk_usage(folder)
    # Where a file system does not know how large it is, it says 0.
    if disk.total and disk.free < ROOM:
        raise Refused(f"the disk has less than {ROOM // 1_000_000} MB left")


def terminate(*_):
    """Handle SIGTERM."""
    raise Terminated


def check_is_wanted(parent):
    """End when Cookiecutter has been ended in the meantime, and nobody waits for the project."""
    if os.getppid() != parent:
        raise Terminated


def wait_for_end_of(parent):
    """Wait a moment for Cookiecutter to end and tell whether it has."""
    deadline = time.monotonic() + SECONDS_FOR_THE_PARENT_TO_END
    while os.getppid() == parent and time.monotonic() < deadline:
        time.sleep(0.01)
    return os.getppid() != parent


def leave(folder):
    """Remove the folder that Cookiecutter has made for the project, if it is empty."""
    os.chdir(folder.parent)
    if not any(folder.iterdir()):
        folder.rmdir()


def main():
    """Check the answers, and that nothing is in the way."""
    signal.signal(signal.SIGTERM, terminate)
    parent = os.getppid()
    try:
        check_given(GIVEN)
        check_configured(CONFIGURED)
        check(ANSWERS)
        # cruft names no output folder. It runs this where cookiecutter does: in the new folder.
        output = ANSWERS.get("_output_dir") or Path.cwd().parent
        check_folder(Path(output, ANSWERS["project_slug"]))
        check_room(Path.cwd())
        check_is_wanted(parent)
    except Refused as refusal:
        sys.exit(f"Nothing was generated: {refusal}.")
    except KeyboardInterrupt:
        # Cookiecutter is interrupted by the same key and removes nothing.
        leave(Path.cwd())
        sys.exit("Nothing was generated: interrupted.")
    except Terminated:
        # Cookiecutter removes the folder of a hook that fails, unless it was ended as well.
        if wait_for_end_of(parent):
            leave(Path.cwd())
        sys.exit("Nothing was generated: terminated.")


if __name__ == "__main__":
    main()
