"""Variables of the server in a container."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.mark.parametrize(
    ("written", "bound"),
    [
        ("", ["0.0.0.0:8000"]),
        ("[::]:8000", ["[::]:8000"]),
        ("127.0.0.1:80,[::1]:81,", ["127.0.0.1:80", "[::1]:81"]),
        (" 127.0.0.1:80 , [::1]:81 ", ["127.0.0.1:80", "[::1]:81"]),
    ],
)
def test_server_listens_where_the_variable_says_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, written: str, bound: list[str]
) -> None:
    """E10: it was fixed to IPv4, and gunicorn takes an empty address for port 8000."""
    monkeypatch.setenv("BIND", written)
    for name in ("METRICS_PORT", "WEB_CONCURRENCY"):
        monkeypatch.setenv(name, "")

    found = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))

    assert (found["bind"], found["workers"], found["metrics_port"]) == (bound, 2, 0)


@pytest.mark.parametrize("status", [200, 503])
@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("", ("127.0.0.1", 8000)),
        ("0.0.0.0:81", ("127.0.0.1", 81)),
        ("[::1]:81", ("::1", 81)),
        (" [::]:81 ,", ("::1", 81)),
    ],
)
def test_health_check_asks_where_the_server_listens(
    monkeypatch: pytest.MonkeyPatch, written: str, asked: tuple[str, int], status: int
) -> None:
    """E10: the container's own check follows the address."""
    seen: list[object] = []

    def connect(host: str, port: int, **_: object) -> SimpleNamespace:
        return SimpleNamespace(
            request=lambda *words: seen.append((host, port, *words)),
            getresponse=lambda: SimpleNamespace(status=status),
        )

    monkeypatch.setenv("BIND", written)
    monkeypatch.setattr("http.client.HTTPConnection", connect)
    with pytest.raises(SystemExit) as done:
        runpy.run_path(str(DEPLOY / "healthcheck.py"))

    assert seen == [(*asked, "GET", "/health/live/")]
    assert bool(done.value.code) is (status != 200)
