"""What proxies of ours say of a request, and nobody else's word for it."""

from collections.abc import Callable
from ipaddress import ip_network

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from web.client_info import get_client_info, parse_ip_address

# gunicorn on its own takes requests from this machine for HTTPS if they have one of these.
_SCHEME_HEADERS = (
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_PROTOCOL",
    "HTTP_X_FORWARDED_SSL",
)
_TOLD_BY_PROXIES = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID")


class ProxyHeadersMiddleware:
    """Drops what a client claims that comes past the proxies (ASVS 4.1.3).

    A proxy is one of `TRUSTED_PROXY_COUNT` whose address is in `TRUSTED_PROXY_NETWORKS`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response
        self.networks = [ip_network(network) for network in settings.TRUSTED_PROXY_NETWORKS]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Drop the headers, or leave them to whoever reads them."""
        if any(name in request.META for name in _SCHEME_HEADERS):
            # What remains of them, SECURE_PROXY_SSL_HEADER decides.
            request.META["wsgi.url_scheme"] = "http"
        if not settings.TRUSTED_PROXY_COUNT or not self._is_ours(request.META["REMOTE_ADDR"]):
            for name in _TOLD_BY_PROXIES:
                request.META.pop(name, None)
        # Every log line of the request names the client.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(ip_address=get_client_info(request).ip_address)
        return self.get_response(request)

    def _is_ours(self, peer: str) -> bool:
        # Who comes through a socket in the file system has no address, and is on this machine.
        address = parse_ip_address(peer)
        return not peer or any(address and address in network for network in self.networks)
