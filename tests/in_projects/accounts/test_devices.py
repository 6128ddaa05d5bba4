"""Names of devices, by the user agents of the most common browsers and programs."""

import pytest

from accounts.user_agents import UNKNOWN, describe_device

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (f"{WINDOWS} {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"{WINDOWS} {CHROME} Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
        (f"{WINDOWS} {CHROME} Safari/537.36 OPR/124.0.0.0", "Opera on Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile", "Chrome on Android"),
        (f"Android SamsungBrowser/28.0 {CHROME} Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (Macintosh) Version/18.6 Safari/605.1.15", "Safari on macOS"),
        (f"{IPHONE} Version/18.6 Mobile Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE} CriOS/140.0 Mobile Safari/604.1", "Chrome on iPhone"),
        (f"{IPHONE} FxiOS/143.0 Mobile Safari/605.1", "Firefox on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Firefox/143.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (X11; CrOS x86_64) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        ("okhttp/5.1.0", "Android app"),
        ("Shop/3 CFNetwork/1568.100.1 Darwin/24.0.0", "Apple app"),
        ("curl/8.15.0", "curl"),
        ("python-requests/2.32.5", "Python program"),
        (WINDOWS, "Windows"),
        *((unknown, UNKNOWN) for unknown in ("", "\x00 nonsense <script>")),
    ],
)
def test_device_is_named_by_its_user_agent(user_agent: str, device: str) -> None:
    assert describe_device(user_agent) == device
