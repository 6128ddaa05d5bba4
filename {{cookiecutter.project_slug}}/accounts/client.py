"""Who is calling: the address and the program of a client."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

USER_AGENT_LENGTH = 256


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
    agent = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    return Client(address=_valid(address), user_agent=agent[:USER_AGENT_LENGTH])


def network_of(client: Client) -> str:
    """Return whose tries those of this client are: its address, or its network for IPv6.

    Whoever has one address of IPv6 has all that a /64 holds (RFC 6177).
    """
    if client.address is None:
        return "unknown"
    prefix = 64 if ":" in client.address else 32
    return str(ip_network(f"{client.address}/{prefix}", strict=False))


def _valid(address: str) -> str | None:
    try:
        return str(ip_address(address))
    except ValueError:
        return None
