"""The projects that are compared, and the clients that call them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# Paths of the views that the benchmark adds to each project.
HELLO, FIELD, OPEN = "/api/hello/", "/api/field/", "/api/open/"
STATELESS, STOCK, PLAIN = "/api/stateless/", "/api/stock/", "/plain/"
PAGE, PAGE_FIELD, PAGE_OPEN = "/page/hello/", "/page/field/", "/page/open/"

ANONYMOUS = {"anonymous": {"client": "anonymous"}}
SIMPLEJWT = {
    "client": "tokens",
    "sign_in": ["/api/token/", "username"],
    "access": "access",
    "renews": "refresh",
    "refresh": ["/api/token/refresh/", "refresh"],
}
OURS_API = {
    "client": "tokens",
    "user": "{n}@example.com",
    "sign_in": ["/api/auth/token/", "email"],
    "access": "access",
    "renews": "refresh",
    "refresh": ["/api/auth/token/refresh/", "refresh"],
    "sign_out": ["POST", "/api/auth/token/revoke/", "refresh"],
}
# simplejwt's class in our project; its requests other than this GET are ours.
IN_OUR_STACK = {
    **{name: OURS_API[name] for name in ("user", "access")},
    "client": "exchanged",
    "exchange": "/api/stock-token/",
    "sign_in": OURS_API["sign_in"],
}
OURS_PAGE = {"client": "page", "user": "{n}@example.com"}


@dataclass(frozen=True)
class Variant:
    """A project, its settings, and its clients.

    Attributes:
        name: as in the results.
        project: the folder of the project, which several variants can share.
        settings: the settings module.
        clients: the options of each client, by name.
        reads: what a GET is measured with, as a client and a path.
        environment: more variables.
    """

    name: str
    project: str
    settings: str
    clients: dict[str, dict[str, Any]]
    reads: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)

    def kinds(self) -> dict[str, str]:
        """Return the kinds of requests by their name in the results."""
        found = dict(self.reads)
        for name, client in self.clients.items():
            suffix = f", {name}" if self.project == "both" else ""
            if name not in {"api", "page"} or self in PARTS:
                continue
            if client["client"] == "page":
                found |= {f"{what}{suffix}": f"{name} {what}" for what in ("sign_in", "sign_out")}
            found |= {
                f"{what}{suffix}": f"{name} {what}"
                for what in ("sign_in", "refresh", "sign_out")
                if what in client
            }
        return found


def peer(name: str, client: dict[str, Any], **reads: str) -> Variant:
    """Return a project with Django's template and the quick start of a package."""
    kind = "page" if client["client"] == "page" else client["client"]
    if not reads:
        reads = (
            {"get": f"page {PAGE}", "get_field": f"page {PAGE_FIELD}"}
            if kind == "page"
            else {"get": f"api {HELLO}", "get_field": f"api {FIELD}"}
        )
    clients = {"page" if kind == "page" else "api": client}
    return Variant(name, name, "config.settings", clients, reads)


def _ours(name: str, project: str, clients: dict[str, Any], **reads: str) -> Variant:
    return Variant(name, project, "benchmark_settings", clients, reads)


API, PAGES = {"api": OURS_API}, {"page": OURS_PAGE}
PEERS = [
    Variant(
        "no authentication",
        "no_authentication",
        "config.settings",
        ANONYMOUS,
        {"get": f"anonymous {OPEN}", "django_view": f"anonymous {PLAIN}"},
    ),
    peer(
        "drf_token",
        {
            "client": "tokens",
            "scheme": "Token",
            "sign_in": ["/api-token-auth/", "username"],
            "access": "token",
        },
    ),
    peer(
        "simplejwt",
        SIMPLEJWT,
        get=f"api {HELLO}",
        get_field=f"api {FIELD}",
        stateless=f"api {STATELESS}",
    ),
    peer(
        "simplejwt_blacklist",
        SIMPLEJWT | {"sign_out": ["POST", "/api/token/blacklist/", "refresh"]},
    ),
    peer(
        "knox",
        {
            "client": "tokens",
            "scheme": "Token",
            "sign_in": ["/api/auth/login/", "username"],
            "access": "token",
            "sign_out": ["POST", "/api/auth/logout/", ""],
        },
    ),
    peer(
        "allauth_jwt",
        {
            "client": "tokens",
            "sign_in": ["/_allauth/app/v1/auth/login", "username"],
            "access": "access_token",
            "renews": "refresh_token",
            "refresh": ["/_allauth/app/v1/tokens/refresh", "refresh_token"],
            "sign_out": ["DELETE", "/_allauth/app/v1/auth/session", ""],
        },
    ),
    peer("sessions_db", {"client": "page"}),
    peer("sessions_cached_db", {"client": "page"}),
]
OURS = [
    _ours(
        "ours session",
        "session",
        PAGES | ANONYMOUS,
        get=f"page {PAGE}",
        get_field=f"page {PAGE_FIELD}",
        no_authentication=f"anonymous {PAGE_OPEN}",
    ),
    _ours(
        "ours jwt",
        "jwt",
        API | ANONYMOUS | {"simplejwt": IN_OUR_STACK},
        get=f"api {HELLO}",
        get_field=f"api {FIELD}",
        no_authentication=f"anonymous {OPEN}",
        simplejwt_class=f"simplejwt {STOCK}",
    ),
    _ours(
        "ours both",
        "both",
        API | PAGES,
        **{"get, api": f"api {HELLO}", "get, page": f"page {PAGE}"},
    ),
]
# The same code with a part exchanged, to tell where the costs come from.
PARTS = [
    Variant(
        "ours jwt, startproject's middleware",
        "jwt",
        "benchmark_plain_settings",
        API | ANONYMOUS,
        {"get": f"api {HELLO}", "no_authentication": f"anonymous {OPEN}"},
    ),
    Variant(
        "ours jwt, revocation none",
        "jwt",
        "benchmark_settings",
        API,
        {"get": f"api {HELLO}"},
        {"JWT_REVOCATION": "none"},
    ),
    Variant(
        "ours jwt, revocation database",
        "jwt",
        "benchmark_settings",
        API,
        {"get": f"api {HELLO}"},
        {"JWT_REVOCATION": "database"},
    ),
]
ALL = [*PEERS, *OURS, *PARTS]
# Each without a part of the middleware of `jwt`, to tell what that part costs.
LAYERS = {
    "the line in the log": "monitoring.request_log.RequestLogMiddleware",
    "the language": "web.middleware.LocaleMiddleware",
    "trusted proxies, and the IP address in the log": "web.proxy_headers.ProxyHeadersMiddleware",
    "CORS": "token_auth.middleware.CorsMiddleware",
    "security headers": "web.middleware.set_response_headers "
    "web.middleware.ContentSecurityPolicyMiddleware "
    "django.middleware.clickjacking.XFrameOptionsMiddleware "
    "django.middleware.security.SecurityMiddleware",
    "checks of the URL, cookies and scheme": "web.cookies.drop_forged_cookies "
    "web.middleware.reject_nul web.middleware.require_one_host "
    "token_auth.middleware.require_https token_auth.middleware.require_final_slash",
}
WITHOUT = [
    Variant(
        f"without {name}",
        "jwt",
        "benchmark_settings",
        ANONYMOUS,
        {"no_authentication": f"anonymous {OPEN}"},
        {"BENCHMARK_WITHOUT": middleware},
    )
    for name, middleware in LAYERS.items()
]
