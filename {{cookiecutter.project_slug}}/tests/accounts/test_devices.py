"""Descriptions of devices."""

import pytest

from accounts.user_agents import UNKNOWN, describe_device

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
MACOS = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"{WEBKIT} Chrome/140.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (f"{WINDOWS} {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"{WINDOWS} {CHROME} Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
        (f"{WINDOWS} {CHROME} Safari/537.36 OPR/124.0.0.0", "Opera on Windows"),
        (f"{ANDROID} {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        (
            f"{ANDROID} {WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        (f"{MACOS} AppleWebKit/605.1.15 Version/18.6 Safari/605.1.15", "Safari on macOS"),
        (f"{IPHONE} AppleWebKit/605.1.15 Version/18.6 Mobile Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE} AppleWebKit/605.1.15 CriOS/140.0 Mobile Safari/604.1", "Chrome on iPhone"),
        (f"{IPHONE} AppleWebKit/605.1.15 FxiOS/143.0 Mobile Safari/605.1", "Firefox on iPhone"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Firefox on Linux",
        ),
        (f"Mozilla/5.0 (X11; CrOS x86_64) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        ("okhttp/5.1.0", "Android app"),
        ("Shop/3 CFNetwork/1568.100.1 Darwin/24.0.0", "Apple app"),
        ("curl/8.15.0", "curl"),
        ("python-requests/2.32.5", "Python program"),
        ("Mozilla/5.0 (Windows NT 10.0)", "Windows"),
        ("", UNKNOWN),
        ("\x00 nonsense <script>", UNKNOWN),
    ],
)
def test_device_is_named_by_its_user_agent(user_agent: str, device: str) -> None:
    assert describe_device(user_agent) == device
