"""The address that the server in a container listens on, and that its health check asks."""

import runpy
from pathlib import Path
from unittest.mock import Mock

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.mark.parametrize(
    ("written", "bound", "asked"),
    [
        (None, ["0.0.0.0:8000"], ("127.0.0.1", 8000)),
        ("", ["0.0.0.0:8000"], ("127.0.0.1", 8000)),
        ("[::]:8000", ["[::]:8000"], ("::1", 8000)),
        ("127.0.0.1:80,[::1]:81", ["127.0.0.1:80", "[::1]:81"], ("127.0.0.1", 80)),
        (" [::1]:81 , 127.0.0.1:80,", ["[::1]:81", "127.0.0.1:80"], ("::1", 81)),
    ],
)
def test_server_listens_where_the_variable_says_and_the_health_check_asks_there(
    monkeypatch: pytest.MonkeyPatch,
    written: str | None,
    bound: list[str],
    asked: tuple[str, int],
) -> None:
    """E10: it was fixed to IPv4; gunicorn takes an empty address for port 8000 everywhere."""
    connect = Mock(side_effect=SystemExit)
    monkeypatch.setattr("http.client.HTTPConnection", connect)
    monkeypatch.delenv("BIND", raising=False)
    if written is not None:
        monkeypatch.setenv("BIND", written)

    assert runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))["bind"] == bound
    with pytest.raises(SystemExit):
        runpy.run_path(str(DEPLOY / "healthcheck.py"))
    assert connect.call_args.args == asked


@pytest.mark.parametrize(("status", "code"), [(200, False), (503, True)])
def test_health_check_ends_with_an_error_unless_the_server_is_live(
    monkeypatch: pytest.MonkeyPatch, status: int, code: bool
) -> None:
    connection = Mock()
    connection.getresponse.return_value.status = status
    monkeypatch.setattr("http.client.HTTPConnection", Mock(return_value=connection))

    with pytest.raises(SystemExit) as done:
        runpy.run_path(str(DEPLOY / "healthcheck.py"))

    assert done.value.code is code
    connection.request.assert_called_once_with("GET", "/health/live/")
