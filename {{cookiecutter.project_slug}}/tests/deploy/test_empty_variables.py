"""Variables of the server that are empty or have stray separators."""

import runpy
import sys
from pathlib import Path

import pytest

CONFIGURATION = str(Path(__file__).resolve().parents[2] / "deploy/gunicorn.conf.py")
HEALTH_CHECK = str(Path(CONFIGURATION).with_name("healthcheck.py"))


def test_empty_variables_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BIND", "METRICS_PORT", "WEB_CONCURRENCY"):
        monkeypatch.setenv(name, "")

    found = runpy.run_path(CONFIGURATION)

    assert (found["bind"], found["workers"]) == (["0.0.0.0:8000"], 2)
    assert not found["metrics_port"]


@pytest.mark.parametrize("written", ["127.0.0.1:80,[::1]:81,", " 127.0.0.1:80 , [::1]:81 "])
def test_stray_separator_opens_no_other_port(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """E10: gunicorn takes an empty address for port 8000 of every network."""
    monkeypatch.setenv("BIND", written)
    assert runpy.run_path(CONFIGURATION)["bind"] == ["127.0.0.1:80", "[::1]:81"]


@pytest.mark.parametrize(("written", "port"), [("", 8000), (" [::1]:81 ,", 81)])
def test_health_check_asks_the_same_port(
    monkeypatch: pytest.MonkeyPatch, written: str, port: int
) -> None:
    asked = []

    def connect(_: str, port: int, **__: object) -> None:
        asked.append(port)
        sys.exit()

    monkeypatch.setenv("BIND", written)
    monkeypatch.setattr("http.client.HTTPConnection", connect)
    with pytest.raises(SystemExit):
        runpy.run_path(HEALTH_CHECK)
    assert asked == [port]
