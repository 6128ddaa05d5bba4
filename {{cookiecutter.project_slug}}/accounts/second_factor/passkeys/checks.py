"""System checks of passkeys."""

from typing import Any
from urllib.parse import urlsplit

from django.core.checks import Error, Tags, register

from accounts.second_factor.passkeys import ceremonies


@register(Tags.security)
def origins(**_: Any) -> list[Error]:
    """Check that browsers let each origin use passkeys of this host name (WebAuthn 5.1)."""
    rp_id = ceremonies.rp_id()
    return [
        Error(
            f"{origin} cannot use passkeys of {rp_id}.",
            hint="PASSKEY_RP_ID must be the host of all PASSKEY_ORIGINS, or a parent domain.",
            id="passkeys.E001",
        )
        for origin in ceremonies.origins()
        if not origin.startswith(("http:", "android:")) and not _is_within(origin, rp_id)
    ]


def _is_within(origin: str, rp_id: str) -> bool:
    """Return whether an origin, as browsers write it, is a host or subdomain of `rp_id`."""
    place = urlsplit(origin).netloc
    host = place.partition(":")[0]
    return origin == f"https://{place}" and f".{host}".endswith(f".{rp_id}")
