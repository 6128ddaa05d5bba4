"""Development on one machine: hosts, ports, the log and emails."""

from tests.config.conftest import Load


def test_hosts_of_the_network_are_allowed_in_addition(load: Load) -> None:
    """F17: a phone on the LAN got 400."""
    found = load("development", {"ALLOWED_HOSTS": "192.168.1.7,laptop.local"})
    assert {"localhost", "192.168.1.7", "laptop.local"} <= set(found.ALLOWED_HOSTS)
    assert "*" not in load("development", {}).ALLOWED_HOSTS


def test_links_name_the_port_that_was_asked_for(load: Load) -> None:
    """F15: they said 8000."""
    assert load("development", {"PORT": "8111"}).PUBLIC_BASE_URL == "http://localhost:8111"
    chosen = {"PORT": "8111", "PUBLIC_BASE_URL": "http://laptop.local"}
    assert load("development", chosen).PUBLIC_BASE_URL == "http://laptop.local"


def test_request_is_one_line_with_its_path(load: Load) -> None:
    """F17: the development server's own line; the others repeat it."""
    found = load("development", {}).LOGGING["loggers"]
    assert found["django.server"].get("level", "INFO") == "INFO"
    assert found["django_structlog"]["level"] == "CRITICAL"
    assert found["django.request"]["level"] == "ERROR"
