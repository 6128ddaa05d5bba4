"""Descriptions of devices, taken from the User-Agent header."""

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
    ("okhttp", "Android app"),
    ("CFNetwork", "Apple app"),
    ("curl/", "curl"),
    ("python", "Python program"),
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
UNKNOWN = "Unknown device"


def describe_device(user_agent: str) -> str:
    """Return the browser and operating system in `user_agent`, such as `Firefox on Linux`.

    Users can tell their own devices apart by it. It proves nothing, because clients can send any
    value.

    Args:
        user_agent: the value of the User-Agent header.
    """
    browser = _first_match(_BROWSERS, user_agent)
    system = _first_match(_OPERATING_SYSTEMS, user_agent)
    return " on ".join(filter(None, (browser, system))) or UNKNOWN


def _first_match(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for part, name in names if part in user_agent), None)
