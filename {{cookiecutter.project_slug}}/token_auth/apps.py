"""The token_auth application."""

from django.apps import AppConfig


class TokenAuthConfig(AppConfig):
    """Application that connects simplejwt's tokens to sign-ins."""

    name = "token_auth"

    def ready(self) -> None:
        # Importing these modules registers checks, receivers and OpenAPI extensions.
        from rest_framework_simplejwt.tokens import Token  # noqa: PLC0415 - apps are ready only now

        from token_auth import checks, openapi, receivers, tokens  # noqa: F401, PLC0415 - as above

        Token.for_user = tokens.refuse_for_user  # type: ignore[assignment]  # raises TypeError on purpose
