"""Parts of the OpenAPI document that belong to no single endpoint."""

from typing import Any

from django.conf import settings

# Tags of the endpoints. Generators of clients make one class of each.
TOKENS = "Tokens"
SIGN_INS = "Sign-ins"
ACCOUNT = "Account"
EMAIL = "Email"
PASSWORD = "Password"  # noqa: S105 - a topic, not a secret  # nosec B105  # pragma: allowlist secret
KEYS = "Keys"
_TAGS = {
    TOKENS: "Sign in, refresh tokens, reauthenticate and sign out.",
    SIGN_INS: "The devices and clients on which the user is signed in.",
    ACCOUNT: "The account of the user.",
    EMAIL: "Confirmation and change of the email address.",
    PASSWORD: "Change and reset of the password.",  # pragma: allowlist secret
    KEYS: "Public keys and metadata for services that verify access tokens.",
}
BAD_REQUEST = "BadRequest"
_SCALARS = {"string", "number", "integer", "boolean"}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the server, the contact, the tags and the schema of validation errors.

    Operations without credentials get an empty list of security requirements.

    Args:
        result: the document, which is changed.
        **_: what drf-spectacular passes to its hooks.
    """
    result["servers"] = [{"url": settings.PUBLIC_BASE_URL}]
    result["info"]["contact"] = {"url": settings.SECURITY_CONTACT}
    operations = [
        operation
        for methods in result["paths"].values()
        for operation in methods.values()
        if isinstance(operation, dict)
    ]
    for operation in operations:
        # An empty requirement would make generators ask for a token, even to sign in.
        if operation.get("security") == [{}]:
            operation["security"] = []
    used = {tag for operation in operations for tag in operation.get("tags", [])}
    result["tags"] = [
        {"name": tag, "description": _TAGS.get(tag, f"Endpoints of {tag}.")}
        for tag in [*(tag for tag in _TAGS if tag in used), *sorted(used - _TAGS.keys())]
    ]
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas[BAD_REQUEST] = _bad_request(schemas)
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _bad_request(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return one schema for all validation errors: each field of any request has messages.

    All properties are optional and have one type, unlike a union or a free-form object, for which
    generators make types that programs cannot read.
    """
    fields = {"non_field_errors"}
    for name, schema in schemas.items():
        if name.endswith("Request"):
            properties = schema.get("properties", {})
            fields |= {key for key in properties if properties[key].get("type") in _SCALARS}
    messages = {"type": "array", "items": {"type": "string"}}
    return {
        "type": "object",
        "description": "A malformed request has `detail` and `code`; otherwise, each rejected "
        "field has a list of messages.",
        "properties": {
            **dict.fromkeys(sorted(fields), messages),
            "detail": {"type": "string"},
            "code": {"type": "string"},
        },
    }
