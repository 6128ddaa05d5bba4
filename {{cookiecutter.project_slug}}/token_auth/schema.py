"""How drf-spectacular describes what it cannot see by itself."""

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme


class BearerScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed here
    """The Authorization header that `BearerAuthentication` reads."""

    target_class = "token_auth.authentication.BearerAuthentication"
    name = "bearer"
