"""Settings that all environments share."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE

from config.settings.logs import configure_logging

# Makes Django's generic classes subscriptable, such as FormView[SomeForm], as in its stubs.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent

SITE_NAME = "{{ cookiecutter.__project_name_quoted }}"
# Shown to users. Templates below brand/templates/ replace or extend those of the packages.
BRAND = {
    "name": SITE_NAME,
    # Links and buttons. The contrast to white must be at least 4.5 to 1.
    "color": "#0b57d0",
    # {% if cookiecutter.auth != "jwt" %}
    # The same in dark mode, with that contrast to #1d2125.
    "color_in_dark_mode": "#a8c7fa",
    # A file below brand/static/, or an empty text to show only the name.
    "logo": "brand/logo.svg",
    # {% endif %}
    # A PNG file in this project for emails, or an empty text to show only the name.
    "email_logo": "",
    "support_email": "{{ cookiecutter.author_email }}",
}
# Where to report vulnerabilities. /.well-known/security.txt publishes it.
SECURITY_CONTACT = "mailto:{{ cookiecutter.author_email }}"

INSTALLED_APPS = [
    # {% if cookiecutter.auth != "jwt" %}
    # {% if cookiecutter.registration == "open" %}
    "session_auth.signup",
    # {% endif %}
    "session_auth",
    "session_auth.admin_site.StaffSiteConfig",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    # {% endif %}
    "accounts",
    "web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    # {% if cookiecutter.auth != "session" %}
    "token_auth",
    "corsheaders",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    # For its translations.
    "rest_framework_simplejwt",
    # {% endif %}
    "django_structlog",
]

# {% if cookiecutter.auth == "session" %}
LOGIN_REQUIRED = "web.login_required.LoginRequiredMiddleware"
# {% endif %}
# {% if cookiecutter.auth == "both" %}
LOGIN_REQUIRED = "token_auth.with_sessions.middleware.LoginRequiredMiddleware"
# {% endif %}
MIDDLEWARE = [
    "web.cookies.drop_forged_cookies",
    "web.proxy_headers.ProxyHeadersMiddleware",
    "monitoring.request_log.RequestLogMiddleware",
    "web.middleware.set_response_headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "web.middleware.ContentSecurityPolicyMiddleware",
    # {% if cookiecutter.auth != "session" %}
    "token_auth.middleware.require_https",
    # {% endif %}
    "django.middleware.security.SecurityMiddleware",
    "web.middleware.reject_nul",
    "monitoring.health.middleware.health_checks",
    "web.middleware.require_one_host",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "web.middleware.LocaleMiddleware",
    # {% if cookiecutter.auth != "session" %}
    "token_auth.middleware.CorsMiddleware",
    "token_auth.middleware.require_final_slash",
    # {% endif %}
    # {% if cookiecutter.auth != "jwt" %}
    "session_auth.middleware.SessionMiddleware",
    # {% endif %}
    "django.middleware.common.CommonMiddleware",
    # {% if cookiecutter.auth != "jwt" %}
    "session_auth.middleware.MethodMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "session_auth.middleware.SignInMiddleware",
    "session_auth.middleware.TooManyAttemptsMiddleware",
    # {% if cookiecutter.auth == "both" %}
    "token_auth.with_sessions.middleware.OneCredentialMiddleware",
    # {% endif %}
    LOGIN_REQUIRED,
    "django.contrib.messages.middleware.MessageMiddleware",
    # {% endif %}
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "brand" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                # {% if cookiecutter.auth != "jwt" %}
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "session_auth.context_processors.site",
                # {% endif %}
                "django.template.context_processors.request",
            ],
        },
    },
]

# Accounts and passwords

SILENCED_SYSTEM_CHECKS: list[str] = []
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.VerifiedEmailBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2idPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "accounts.password_validation.MaximumLengthValidator",
        "OPTIONS": {"max_length": 128},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "accounts.password_validation.CommonPiecesValidator",
        "OPTIONS": {"own_words": SITE_NAME.split()},
    },
]
PASSWORD_RESET_TIMEOUT = 60 * 60
EMAIL_LINK_TIMEOUT = 24 * 60 * 60

# {% if cookiecutter.auth == "jwt" %}
# Targets of the links in emails: paths below MAIL_LINK_ORIGIN. The front end reads tokens from the
# fragment, which browsers do not send to servers.
MAIL_LINK_PATHS = {
    "verify_email": "/verify-email#token={token}",
    "password_reset": "/reset-password#uid={uid}&token={token}",  # nosec B105 - a path
}
# {% endif %}

# Whether users are notified by email of a new device, password or email address, and of a token
# that may be stolen.
SEND_NOTICES = True
# Whether emails are sent, with the queries that they need, after the response. Its duration then
# does not reveal which email addresses have an account.
SEND_MAIL_IN_BACKGROUND = False
# Seconds to wait before each retry of an email that is sent in the background.
MAIL_RETRY_DELAYS = (1, 5, 15)

# Rate limits: (attempts, seconds). The documents in docs/ describe them.
RATE_LIMITS = {
    "account_and_ip": (5, 900),
    "ip": (15, 600),
    "account": (20, 900),
    "sign_ins": (100, 600),
    "mail_to": (5, 3600),
    "mail_from": (30, 3600),
    "links": (20, 3600),
}
# Networks of the reverse proxies that TRUSTED_PROXY_COUNT counts.
TRUSTED_PROXY_NETWORKS = [
    "127.0.0.0/8",
    "::1/128",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
]

# A sign-in expires when it is not used for `idle`, and after `absolute` in any event.
SIGN_IN_LIMITS: dict[str, dict[str, timedelta]] = {}
# For how many seconds after a sign-in or a reauthentication users can delete or export the account.
REAUTHENTICATION_MAX_AGE = 10 * 60
# At this number, a further sign-in of a user revokes the least recently used one.
MAX_SIGN_INS_PER_USER = 100

# {% if cookiecutter.auth != "jwt" %}
# Pages, sessions and cookies

STATICFILES_DIRS = [BASE_DIR / "brand" / "static"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
# Targets of the links in emails: paths below MAIL_LINK_ORIGIN.
MAIL_LINK_PATHS = {
    "verify_email": "/accounts/verify-email/{token}/",
    "password_reset": "/accounts/reset/{uid}/{token}/",  # nosec B105 - a path
}
SIGN_IN_LIMITS["session"] = {"idle": timedelta(hours=1), "absolute": timedelta(hours=12)}
SESSION_COOKIE_AGE = int(SIGN_IN_LIMITS["session"]["idle"].total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "session_auth.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# {% endif %}
# {% if cookiecutter.auth != "session" %}
# API and tokens

SIGN_IN_LIMITS["token"] = {"idle": timedelta(days=7), "absolute": timedelta(days=30)}
RATE_LIMITS |= {"refreshes": (60, 60), "refreshes_from": (600, 60)}
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["token_auth.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "token_auth.parsers.ContentNegotiation",
    "DEFAULT_PARSER_CLASSES": ["token_auth.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "token_auth.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "token_auth.errors.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "REFRESH_TOKEN_LIFETIME": SIGN_IN_LIMITS["token"]["idle"],
    "AUTH_TOKEN_CLASSES": ["token_auth.tokens.AccessToken"],
    "TOKEN_TYPE_CLAIM": "typ",  # nosec B105 - a name, not a secret
    "USER_ID_CLAIM": "sub",
}
# Seconds for which a replaced refresh token still returns its successor, for clients that lost the
# response or refresh in several tabs. For that long, a stolen token can be used unnoticed.
JWT_REUSE_GRACE = 30
# Where revoked sign-ins are looked up: "cache" needs no query, "database" needs one but no shared
# cache, and with "none" access tokens remain valid until they expire.
JWT_REVOCATION = "cache"
# Whether the refresh token is sent in a cookie, for browsers, instead of in the body.
JWT_REFRESH_COOKIE = False
JWT_REFRESH_COOKIE_NAME = "__Secure-refresh_token"
SPECTACULAR_SETTINGS = {
    "TITLE": SITE_NAME,
    "VERSION": "1",
    "DESCRIPTION": "Accounts, sign-ins and tokens. Errors have a `detail` for people and a `code`.",
    "LICENSE": {"name": "{{ cookiecutter.license }}", "url": "{{ cookiecutter.__license_url }}"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "token_auth.openapi_document.complete",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["token_auth.permissions.IsStaffOrDevelopment"],
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
CORS_URLS_REGEX = r"^/(api|\.well-known)/"
CORS_ALLOW_CREDENTIALS = False
CORS_EXPOSE_HEADERS = ["Retry-After", "X-Request-ID"]

# {% endif %}
# {% if cookiecutter.auth == "both" %}
# Sessions with tokens

INSTALLED_APPS.insert(0, "token_auth.with_sessions")
# Exchanges of one session for tokens.
RATE_LIMITS["exchanges"] = (60, 60)
# At this number, a further exchange of a session revokes the oldest tokens from an exchange.
MAX_EXCHANGES_PER_SESSION = 10
SPECTACULAR_SETTINGS["SERVE_AUTHENTICATION"] = [
    "token_auth.authentication.BearerAuthentication",
    "token_auth.with_sessions.authentication.SessionAuthentication",
]

# {% endif %}
# Response headers and limits

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY: dict[str, dict[str, Any]] = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS = 0o640

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The language of clients that ask for none of LANGUAGES.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
# Translations here take precedence over those of the packages.
LOCALE_PATHS = [BASE_DIR / "brand" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
LOGGING = configure_logging()
# {% if cookiecutter.second_factor != "none" %}

from config.settings.second_factor import *  # noqa: E402, F403 - settings modules extend each other
from config.settings.second_factor import SECOND_FACTOR_RATE_LIMITS  # noqa: E402

RATE_LIMITS |= SECOND_FACTOR_RATE_LIMITS
INSTALLED_APPS.insert(0, "accounts.second_factor")
# {% if cookiecutter.auth != "jwt" %}
INSTALLED_APPS.insert(0, "session_auth.second_factor")
MIDDLEWARE.append("session_auth.second_factor.middleware.SecondFactorMiddleware")
# {% endif %}
# {% if cookiecutter.auth != "session" %}
REST_FRAMEWORK["EXCEPTION_HANDLER"] = "token_auth.second_factor.errors.handle"
# {% endif %}
# {% endif %}
# {% if cookiecutter.second_factor == "passkeys" %}

from config.settings.passkeys import *  # noqa: E402, F403 - as above

RATE_LIMITS["passkeys"] = (30, 600)
INSTALLED_APPS.insert(0, "accounts.second_factor.passkeys")
# {% if cookiecutter.auth != "jwt" %}
INSTALLED_APPS.insert(0, "session_auth.second_factor.passkeys")
# {% endif %}
# {% endif %}
