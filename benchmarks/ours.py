"""Projects of this template, with the views of the benchmark."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.servers.production import PRODUCTION

ROOT = Path(__file__).resolve().parent.parent
MODELS = ("session", "jwt", "both")
# As in production; no client of the benchmark reaches a rate limit, but each is counted.
SETTINGS = """
import os
from config.settings.production import *

RATE_LIMITS = {name: (10**9, seconds) for name, (_, seconds) in RATE_LIMITS.items()}
SEND_NOTICES = False
ROOT_URLCONF = "benchmark_urls"
left_out = os.environ.get("BENCHMARK_WITHOUT", "").split()
assert set(left_out) <= set(MIDDLEWARE)
MIDDLEWARE = [each for each in MIDDLEWARE if each not in left_out]
for cache in CACHES.values():
    cache["KEY_PREFIX"] = os.environ["BENCHMARK_PREFIX"]
if "BENCHMARK_POOL" in os.environ:
    size = int(os.environ["BENCHMARK_POOL"])
    DATABASES["default"]["OPTIONS"]["pool"] = size and {"min_size": 1, "max_size": size}
    DATABASES["default"]["CONN_MAX_AGE"] = 0 if size else 600
"""
# The middleware of startproject.
PLAIN_SETTINGS = """
from benchmark_settings import *

INSTALLED_APPS += ["django.contrib.sessions", "django.contrib.messages"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
"""
URLS = """
from django.http import JsonResponse
from django.urls import path

from config import urls
from config.urls import *

urlpatterns = list(urls.urlpatterns)
"""
PAGES = """
from django.contrib.auth.decorators import login_not_required


def page(request):
    return JsonResponse({"hello": str(request.user.pk)})


def page_field(request):
    return JsonResponse({"hello": request.user.email})


@login_not_required
def page_open(request):
    return JsonResponse({"hello": "nobody"})


urlpatterns += [
    path("page/hello/", page),
    path("page/field/", page_field),
    path("page/open/", page_open),
]
"""
API = """
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.tokens import AccessToken


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


class SimpleJWT(JWTAuthentication):
    # As it is without the settings of this project.
    def get_validated_token(self, raw_token):
        return AccessToken(raw_token)


class Stock(Hello):
    authentication_classes = [SimpleJWT]


class StockToken(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        token = AccessToken()
        token["sub"] = str(request.user.pk)
        return Response({"access": str(token)})


urlpatterns += [
    path("api/stock-token/", StockToken.as_view()),
    path("api/hello/", Hello.as_view()),
    path("api/field/", Field.as_view()),
    path("api/open/", Open.as_view()),
    path("api/stock/", Stock.as_view()),
]
"""
URLS_OF = {"session": URLS + PAGES, "jwt": URLS + API, "both": URLS + PAGES + API}
# The variables of production; those of the servers are added later.
ENVIRONMENT = PRODUCTION | {"EMAIL_URL": "console:", "TRUSTED_PROXY_COUNT": "1"}


def generate(auth: str, folder: Path, template: Path = ROOT) -> Path:
    """Generate a project with the defaults of the template, and return its folder."""
    output = folder / f"generated-{auth}"
    words: list[str | Path] = [
        "--no-input",
        "--default-config",
        "--output-dir",
        output,
        f"auth={auth}",
    ]
    command = [sys.executable, "-m", "cookiecutter", template, *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(output.iterdir())


def build(auth: str, folder: Path) -> Path:
    """Generate a project and add the views of the benchmark."""
    project = generate(auth, folder)
    (project / "benchmark_settings.py").write_text(SETTINGS)
    (project / "benchmark_plain_settings.py").write_text(PLAIN_SETTINGS)
    (project / "benchmark_urls.py").write_text(URLS_OF[auth])
    return project
