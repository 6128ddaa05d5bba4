"""Development: needs no variable at all; a `.env` file and the environment may override."""

from email.utils import formataddr
from urllib.parse import quote

from environs import Env

from config.settings.base import *  # noqa: F403 - settings modules extend each other
from config.settings.base import BASE_DIR, LOGGING, SITE_NAME
from config.settings.environment import cache, mail_settings, mail_url, seal

env = Env(eager=False)
env.read_env(BASE_DIR / ".env", recurse=False)

DEBUG = True
SECRET_KEY = env.str("SECRET_KEY", "development-key-for-a-checkout-without-a-dotenv-file")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", "http://localhost:8000")
TRUSTED_PROXY_COUNT = 0
# {% if cookiecutter.auth != "jwt" %}
ADMIN_URL = env.str("ADMIN_URL", "admin/")
# {% endif %}
# {% if cookiecutter.auth == "jwt" %}
MAIL_LINK_ORIGIN = env.str("FRONTEND_URL", "http://localhost:3000")
# {% endif %}
# {% if cookiecutter.auth != "jwt" %}
MAIL_LINK_ORIGIN = PUBLIC_BASE_URL
# {% endif %}
# {% if cookiecutter.auth != "session" %}
JWT_SIGNING_KEYS = env.dict(
    "JWT_SIGNING_KEYS",
    {"development-0": "development-" * 6},
    key_value_delimiter=":",
)
JWT_REUSE_GRACE = env.int("JWT_REUSE_GRACE", 30)
JWT_REVOCATION = env.str("JWT_REVOCATION", "cache")
JWT_REFRESH_COOKIE = env.bool("JWT_REFRESH_COOKIE", False)
JWT_ISSUER = PUBLIC_BASE_URL
JWT_AUDIENCE = PUBLIC_BASE_URL
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [])
API_DOCS_ARE_PUBLIC = True
# {% endif %}

# Writers wait for each other instead of failing, which SQLite would have them do otherwise.
_sqlite = f"sqlite:///{quote(str(BASE_DIR / 'db.sqlite3'))}?transaction_mode=IMMEDIATE&timeout=20"
DATABASES = {"default": env.dj_db_url("DATABASE_URL", _sqlite)}
SEND_NOTICES = env.bool("SEND_NOTICES", True)
_redis_url = env.str("REDIS_URL", "")
_mail_url = env.str("EMAIL_URL", "console:", validate=mail_url)
DEFAULT_FROM_EMAIL = formataddr((SITE_NAME, "noreply@localhost"))

seal(env)

CACHES = {"default": cache(_redis_url)}
globals().update(mail_settings(_mail_url))

LOGGING["handlers"]["stderr"]["formatter"] = "console"
