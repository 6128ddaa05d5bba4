"""The IP address and user agent of a client."""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_request

USER_AGENT_LENGTH = 256
_WITH_PORT = re.compile(r"^(?:\[(.*)\]|([\d.]+))(?::\d+)?$")


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """The IP address, user agent and language of the client that sent a request."""

    ip_address: str | None
    user_agent: str
    # The language of the response, or empty if the client did not ask for one.
    language: str = ""

    @property
    def network(self) -> str:
        """The network that shares rate limits."""
        return "unknown" if self.ip_address is None else network_of(self.ip_address)


def network_of(ip_address: str) -> str:
    """Return the network that shares rate limits: one IPv4 address, or an IPv6 /64.

    A host with one IPv6 address usually controls its whole /64 (RFC 6177).
    """
    prefix = 64 if ":" in ip_address else 32
    return str(ip_network(f"{ip_address}/{prefix}", strict=False))


def get_client_info(request: HttpRequest) -> ClientInfo:
    """Return the client that sent `request`."""
    agent = "".join(filter(str.isprintable, request.META.get("HTTP_USER_AGENT", "")))
    return ClientInfo(
        ip_address=get_ip_address(request),
        user_agent=agent[:USER_AGENT_LENGTH],
        language=get_language_from_request(request) if _asks_for_language(request) else "",
    )


def get_ip_address(request: HttpRequest) -> str | None:
    """Return the IP address of the client that sent `request`, or None if it is unknown.

    With `TRUSTED_PROXY_COUNT` proxies in front, it is the one that the outermost proxy saw: that
    many entries from the right of X-Forwarded-For. Clients can forge the entries further left, so
    they are ignored (ASVS 15.3.4).
    """
    written = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY_COUNT:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= settings.TRUSTED_PROXY_COUNT:
            written = hops[-settings.TRUSTED_PROXY_COUNT].strip()
    parsed = parse_ip_address(written)
    return str(parsed) if parsed else None


def _asks_for_language(request: HttpRequest) -> bool:
    return (
        "HTTP_ACCEPT_LANGUAGE" in request.META or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    )


@lru_cache(maxsize=256)
def parse_ip_address(written: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address in any notation that servers and proxies use, or None.

    Args:
        written: an address, optionally with a port or a zone. An IPv4-mapped IPv6 address (RFC
            4291 section 2.5.5.2) is returned as IPv4; otherwise all such clients would share one
            network.
    """
    try:
        parsed = ip_address(_WITH_PORT.sub(r"\1\2", written).partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
