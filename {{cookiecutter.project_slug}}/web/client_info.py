"""Who is calling: the address and the program of a client."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

USER_AGENT_LENGTH = 256
_WITH_PORT = re.compile(r"^(?:\[(.*)\]|([\d.]+))(?::\d+)?$")


@dataclass(frozen=True, slots=True)
class Client:
    """What a request tells of where it comes from."""

    address: str | None
    user_agent: str


def client_of(request: HttpRequest) -> Client:
    """Return the client behind `request`.

    With `TRUSTED_PROXY_COUNT` proxies in front, the address is the one that the outermost of
    them saw: as many entries from the right of X-Forwarded-For. Entries further left are the
    client's own words and are not believed (ASVS 15.3.4).
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY_COUNT:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        if len(hops) >= settings.TRUSTED_PROXY_COUNT:
            address = hops[-settings.TRUSTED_PROXY_COUNT].strip()
    found = read_address(address)
    agent = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    return Client(address=str(found) if found else None, user_agent=agent[:USER_AGENT_LENGTH])


def network_of(client: Client) -> str:
    """Return whose tries those of this client are: its address, or its network for IPv6.

    Whoever has one address of IPv6 has all that a /64 holds (RFC 6177).
    """
    if client.address is None:
        return "unknown"
    prefix = 64 if ":" in client.address else 32
    return str(ip_network(f"{client.address}/{prefix}", strict=False))


def read_address(written: str) -> IPv4Address | IPv6Address | None:
    """Return the address that servers and proxies write in one way or another, or None.

    Args:
        written: perhaps with a port, or the name of a network card, or as IPv6 what is IPv4 (RFC
            4291 section 2.5.5.2), which would make one network of all such clients.
    """
    try:
        found = ip_address(_WITH_PORT.sub(r"\1\2", written).partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
