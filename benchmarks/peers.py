"""Projects of the alternatives: `startproject` and the quick start of each package's documents.

Sources: django-rest-framework.org/api-guide/authentication, django-rest-framework-simplejwt.
readthedocs.io/en/latest/getting_started.html and blacklist_app.html, jazzband.github.io/
django-rest-knox, docs.allauth.org/en/latest/headless, and Django's documentation of sessions.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

REQUIREMENTS = [
    "django-allauth[headless]",
    "django-rest-knox",
    "djangorestframework",
    "djangorestframework-simplejwt",
]
# What a production needs and what ours has too: the same pool of connections, and Redis.
COMMON = """
import os
import dj_database_url

DEBUG = False
ALLOWED_HOSTS = ["example.com"]
LOGOUT_REDIRECT_URL = "/accounts/login/"
CSRF_TRUSTED_ORIGINS = ["https://example.com"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}}
CACHES = {"default": {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": os.environ["REDIS_URL"],
    "KEY_PREFIX": os.environ["BENCHMARK_PREFIX"],
}}
"""
REST = """
INSTALLED_APPS += ["rest_framework"]
"""
AUTHENTICATION = """
REST_FRAMEWORK = {{"DEFAULT_AUTHENTICATION_CLASSES": ["{}"]}}
"""
SIMPLEJWT = REST + AUTHENTICATION.format(
    "rest_framework_simplejwt.authentication.JWTAuthentication"
)
SETTINGS = {
    "no_authentication": REST,
    "drf_token": """
INSTALLED_APPS += ["rest_framework", "rest_framework.authtoken"]
"""
    + AUTHENTICATION.format("rest_framework.authentication.TokenAuthentication"),
    "simplejwt": SIMPLEJWT,
    "simplejwt_blacklist": SIMPLEJWT
    + """
INSTALLED_APPS += ["rest_framework_simplejwt.token_blacklist"]
SIMPLE_JWT = {"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True}
""",
    "knox": """
INSTALLED_APPS += ["rest_framework", "knox"]
"""
    + AUTHENTICATION.format("knox.auth.TokenAuthentication"),
    "allauth_jwt": REST
    + AUTHENTICATION.format(
        "allauth.headless.contrib.rest_framework.authentication.JWTTokenAuthentication"
    )
    + """
INSTALLED_APPS += ["allauth", "allauth.account", "allauth.headless"]
MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
HEADLESS_ONLY = True
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"
HEADLESS_JWT_ALGORITHM = "HS256"
ACCOUNT_EMAIL_VERIFICATION = "none"
# Its limits are checked, but not reached.
ACCOUNT_RATE_LIMITS = {"login": "1000000/m/ip"}
""",
    "sessions_db": "",
    "sessions_cached_db": """
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
""",
}
VIEWS = """
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.urls import include, path


def plain(request):
    return JsonResponse({"hello": "nobody"})


@login_required
def page(request):
    return JsonResponse({"hello": str(request.user.pk)})


@login_required
def page_field(request):
    return JsonResponse({"hello": request.user.email})


urlpatterns = [
    path("plain/", plain),
    path("page/hello/", page),
    path("page/field/", page_field),
    path("accounts/", include("django.contrib.auth.urls")),
]
"""
REST_VIEWS = """
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView


class Hello(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"hello": str(request.user.pk)})


class Field(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"hello": request.user.email})


class Open(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]

    def get(self, request):
        return Response({"hello": "nobody"})


urlpatterns += [
    path("api/hello/", Hello.as_view()),
    path("api/field/", Field.as_view()),
    path("api/open/", Open.as_view()),
]
"""
SIMPLEJWT_URLS = """
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.views import (
    TokenBlacklistView,
    TokenObtainPairView,
    TokenRefreshView,
)


class Stateless(Hello):
    authentication_classes = [JWTStatelessUserAuthentication]


urlpatterns += [
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
    path("api/token/blacklist/", TokenBlacklistView.as_view()),
    path("api/stateless/", Stateless.as_view()),
]
"""
URLS = {
    "no_authentication": VIEWS + REST_VIEWS,
    "drf_token": VIEWS
    + REST_VIEWS
    + """
from rest_framework.authtoken.views import obtain_auth_token

urlpatterns += [path("api-token-auth/", obtain_auth_token)]
""",
    "simplejwt": VIEWS + REST_VIEWS + SIMPLEJWT_URLS,
    "simplejwt_blacklist": VIEWS + REST_VIEWS + SIMPLEJWT_URLS,
    "knox": VIEWS
    + REST_VIEWS
    + """
from django.contrib.auth import login
from knox.views import LoginView as KnoxLoginView, LogoutView
from rest_framework.authtoken.serializers import AuthTokenSerializer


class LoginView(KnoxLoginView):
    permission_classes = (AllowAny,)

    def post(self, request, format=None):
        serializer = AuthTokenSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        login(request, serializer.validated_data["user"])
        return super().post(request, format=None)


urlpatterns += [
    path("api/auth/login/", LoginView.as_view()),
    path("api/auth/logout/", LogoutView.as_view()),
]
""",
    "allauth_jwt": VIEWS
    + REST_VIEWS
    + """
urlpatterns += [
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
]
""",
    "sessions_db": VIEWS,
    "sessions_cached_db": VIEWS,
}


def build(name: str, folder: Path, python: Path) -> Path:
    """Create the project of an alternative, and return its folder."""
    project = folder / name
    project.mkdir()
    command: list[str | Path] = [python, "-m", "django", "startproject", "config", project]
    subprocess.run(command, check=True)
    settings = project / "config" / "settings.py"
    settings.write_text(settings.read_text() + COMMON + SETTINGS[name])
    (project / "config" / "urls.py").write_text(URLS[name])
    return project
