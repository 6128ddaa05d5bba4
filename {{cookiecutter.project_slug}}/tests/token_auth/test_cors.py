"""Scripts of other origins can read what they need to try again."""

from django.conf import settings

from accounts.models import User
from tests.token_auth.api import TOKEN, client

LIMIT, _ = settings.RATE_LIMITS["account_and_ip"]


def test_too_many_attempts_tells_a_script_when_to_retry(user: User) -> None:
    """E09: with an allowed origin, `Retry-After` and the request ID are exposed."""
    body = {"email": user.email, "password": "wrong"}
    origin = settings.CORS_ALLOWED_ORIGINS[0]
    for _ in range(LIMIT):
        client().post(TOKEN, body)

    response = client().post(TOKEN, body, HTTP_ORIGIN=origin)

    assert response.status_code == 429
    exposed = response["Access-Control-Expose-Headers"].lower()
    assert {"retry-after", "x-request-id"} <= set(exposed.split(", "))
    assert response["Retry-After"].isdigit()
    assert len(response["X-Request-ID"]) >= 16
    foreign = client().post(TOKEN, body, HTTP_ORIGIN="https://evil.test")
    assert "Access-Control-Allow-Origin" not in foreign.headers
