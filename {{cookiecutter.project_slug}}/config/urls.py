"""URLs of the project."""

from django.urls import include, path

from web.security_txt import security_txt

urlpatterns = [
    path("health/", include("monitoring.health.urls")),
    path(".well-known/security.txt", security_txt),
    # {% if cookiecutter.auth != "jwt" %}
    path("", include("session_auth.urls")),
    # {% if cookiecutter.registration == "open" %}
    path("accounts/", include("session_auth.signup.urls")),
    # {% endif %}
    # {% if cookiecutter.second_factor != "none" %}
    path("accounts/second-factor/", include("session_auth.second_factor.urls")),
    # {% endif %}
    # {% if cookiecutter.second_factor == "passkeys" %}
    path("accounts/second-factor/passkeys/", include("session_auth.second_factor.passkeys.urls")),
    # {% endif %}
    # {% endif %}
    # {% if cookiecutter.auth != "session" %}
    # {% if cookiecutter.auth == "both" %}
    path("api/", include("token_auth.with_sessions.urls")),
    # {% endif %}
    path("", include("token_auth.urls")),
    # {% if cookiecutter.registration == "open" %}
    path("api/auth/", include("token_auth.signup")),
    # {% endif %}
    # {% if cookiecutter.second_factor != "none" %}
    path("api/auth/", include("token_auth.second_factor.urls")),
    # {% endif %}
    # {% if cookiecutter.second_factor == "passkeys" %}
    path("api/auth/", include("token_auth.second_factor.passkeys.urls")),
    # {% endif %}
    # {% endif %}
]
# {% if cookiecutter.auth == "jwt" %}

handler400 = "token_auth.errors.bad_request"
handler403 = "token_auth.errors.permission_denied"
handler404 = "token_auth.errors.not_found"
handler500 = "token_auth.errors.server_error"
# {% endif %}
# {% if cookiecutter.auth == "both" %}

handler400 = "token_auth.with_sessions.errors.bad_request"
handler403 = "token_auth.with_sessions.errors.permission_denied"
handler404 = "token_auth.with_sessions.errors.not_found"
handler500 = "token_auth.with_sessions.errors.server_error"
# {% endif %}
