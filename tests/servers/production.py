"""The environment of a service in production."""

from __future__ import annotations

PRODUCTION = {
    "SECRET_KEY": "a-secret-for-this-test-alone-" + "0123456789" * 4,
    "ALLOWED_HOSTS": "example.com",
    "PUBLIC_BASE_URL": "https://example.com",
    "FRONTEND_URL": "https://app.example.com",
    "ADMIN_URL": "back-office/",
    "JWT_SIGNING_KEYS": "a:a-signing-key-for-tests-which-is-long-enough",
    "SECOND_FACTOR_KEYS": "a-secret-of-second-factors-for-tests-" + "0123456789" * 4,
    # Staff sign in with the password alone, except in the tests of the second factor.
    "SECOND_FACTOR_REQUIRED": "nobody",
    "DATABASE_URL": "postgres://user:password@127.0.0.1/database",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "submission://user:password@mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "service@example.com",
}


def production(database: str, redis: str) -> dict[str, str]:
    """Return the environment of a node that shares a database and a Redis with other nodes."""
    return PRODUCTION | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "EMAIL_URL": "console:",
        "TRUSTED_PROXY_COUNT": "1",
    }
