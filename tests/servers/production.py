"""The environment of a service in production."""

from __future__ import annotations

PRODUCTION = {
    "SECRET_KEY": "a-secret-for-this-test-alone-" + "0123456789" * 4,
    "ALLOWED_HOSTS": "example.com",
    "PUBLIC_BASE_URL": "https://example.com",
    "FRONTEND_URL": "https://app.example.com",
    "ADMIN_URL": "back-office/",
    "JWT_SIGNING_KEYS": "a:a-signing-key-for-tests-which-is-long-enough",
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
