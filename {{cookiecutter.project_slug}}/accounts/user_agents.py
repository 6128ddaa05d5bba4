"""Descriptions of devices, taken from the User-Agent header."""

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# The first match counts: many browsers also name others, for compatibility.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("okhttp", gettext_noop("Android app")),
    ("CFNetwork", gettext_noop("Apple app")),
    ("curl/", "curl"),
    ("python", gettext_noop("Python program")),
)
_OPERATING_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
UNKNOWN = gettext_noop("Unknown device")


def describe_device(user_agent: str) -> str:
    """Return the browser and operating system in `user_agent`, such as `Firefox on Linux`.

    Users can tell their own devices apart by it. It proves nothing, because clients can send any
    value.

    Args:
        user_agent: the value of the User-Agent header.
    """
    browser = _first_match(_BROWSERS, user_agent)
    system = _first_match(_OPERATING_SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _(UNKNOWN)


# For texts in another language than that of the current request.
describe_device_lazily = lazy(describe_device, str)


def _first_match(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((_(name) for part, name in names if part in user_agent), None)
