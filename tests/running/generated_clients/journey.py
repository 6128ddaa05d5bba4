"""The journey of a user, with the client that openapi-python-client generates as `api_client`.

    python journey.py URL EMAIL

Prints a line when the verification link was sent, and reads its token from standard input.
"""

import sys

from api_client import AuthenticatedClient, Client
from api_client.api.account import export_me, get_me, sign_up, update_me
from api_client.api.email import verify_email
from api_client.api.keys import get_public_keys, get_server_metadata
from api_client.api.sign_ins import list_sign_ins
from api_client.api.tokens import reauthenticate, refresh_tokens, sign_in, sign_out
from api_client.models import (
    AccessToken,
    ApiError,
    BadRequest,
    CredentialsRequest,
    Detail,
    Export,
    KeySet,
    Metadata,
    PasswordRequest,
    PatchedUserRequest,
    RefreshRequest,
    RegistrationRequest,
    TokenPair,
    User,
    VerificationRequest,
)

URL, EMAIL = sys.argv[1:]
PASSWORD = "a compiler in the attic"  # noqa: S105 - of a user of the test
CREDENTIALS = CredentialsRequest(email=EMAIL, password=PASSWORD)


def typed(kind, answer):
    """Return an answer, which must be of a class of the client."""
    assert isinstance(answer, kind), answer
    return answer


def signed_in(token):
    return AuthenticatedClient(URL, token=token)


public = Client(URL)

refused = typed(BadRequest, sign_up.sync(client=public, body=RegistrationRequest(EMAIL, "short")))
assert refused.password, refused
typed(Detail, sign_up.sync(client=public, body=RegistrationRequest(EMAIL, PASSWORD)))
unconfirmed = typed(ApiError, sign_in.sync(client=public, body=CREDENTIALS))
assert unconfirmed.code == "invalid_credentials", unconfirmed
print("registered", flush=True)
link = VerificationRequest(token=sys.stdin.readline().strip())
assert verify_email.sync_detailed(client=public, body=link).status_code == 204

first = typed(TokenPair, sign_in.sync(client=public, body=CREDENTIALS))
user = typed(User, get_me.sync(client=signed_in(first.access)))
assert (user.email, user.name, user.email_verified) == (EMAIL, "", True), user

pair = typed(TokenPair, refresh_tokens.sync(client=public, body=RefreshRequest(first.refresh)))
me = signed_in(pair.access)
sign_ins = list_sign_ins.sync(client=me)
assert [found.current for found in sign_ins] == [True], sign_ins
assert sign_ins[0].created_at <= sign_ins[0].last_used_at

wrong = typed(BadRequest, reauthenticate.sync(client=me, body=PasswordRequest("a wrong one")))
assert wrong.password, wrong
confirmed = typed(AccessToken, reauthenticate.sync(client=me, body=PasswordRequest(PASSWORD)))
me = signed_in(confirmed.access)
typed(Export, export_me.sync(client=me))
changed = typed(User, update_me.sync(client=me, body=PatchedUserRequest(name="Grace")))
assert changed.name == "Grace", changed

signed_out = sign_out.sync_detailed(client=public, body=RefreshRequest(pair.refresh))
assert signed_out.status_code == 204, signed_out
typed(ApiError, get_me.sync(client=me))
typed(ApiError, refresh_tokens.sync(client=public, body=RefreshRequest(pair.refresh)))

metadata = typed(Metadata, get_server_metadata.sync(client=public))
assert metadata.issuer == URL, metadata
typed(KeySet, get_public_keys.sync(client=public))
