"""A device with passkeys, in software, which can also do what no honest device does."""

import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

# Flags of WebAuthn section 6.1: user present, user verified, a new key included.
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


class Device:
    """A device with one passkey; keyword arguments replace what an honest one would send."""

    def __init__(self, origin: str, count: int = 0) -> None:
        self.origin, self.count = origin, count
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.handle = secrets.token_bytes(32), b""
        # What the user keeps with it.
        self.recovery_codes: list[str] = []

    def create(self, options: dict[str, Any], **changes: Any) -> str:
        """Return the response to creation options."""
        self.handle = base64url_to_bytes(options["user"]["id"])
        public = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (public.x, public.y))
        cose = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        key = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        changes.setdefault("type", "webauthn.create")
        changes.setdefault("flags", PRESENT | VERIFIED | ATTESTED)
        data, signed = self._signed(options, options["rp"]["id"], changes)
        attested = {"fmt": "none", "attStmt": {}, "authData": data + key}
        if "fmt" in changes:
            proof = self.key.sign(data + key + sha256(signed).digest(), ec.ECDSA(SHA256()))
            attested |= {"fmt": changes["fmt"], "attStmt": {"alg": -7, "sig": proof}}
        return self._response(clientDataJSON=signed, attestationObject=encode_cbor(attested))

    def get(self, options: dict[str, Any], **changes: Any) -> str:
        """Return the response to request options."""
        changes.setdefault("type", "webauthn.get")
        changes.setdefault("flags", PRESENT | VERIFIED)
        self.count += bool(self.count)
        data, signed = self._signed(options, options["rpId"], changes)
        key = changes.get("key", self.key)
        signature = key.sign(data + sha256(signed).digest(), ec.ECDSA(SHA256()))
        return self._response(
            clientDataJSON=signed,
            authenticatorData=data,
            signature=signature,
            userHandle=changes.get("handle", self.handle),
        )

    def _signed(
        self, options: dict[str, Any], rp_id: str, changes: dict[str, Any]
    ) -> tuple[bytes, bytes]:
        """Return the authenticator data, without keys, and the client data."""
        count = changes.get("count", self.count).to_bytes(4, "big")
        place = sha256(changes.get("rp_id", rp_id).encode()).digest()
        client_data = {
            "type": changes["type"],
            "challenge": changes.get("challenge", options["challenge"]),
            "origin": changes.get("origin", self.origin),
            "crossOrigin": changes.get("cross_origin", False),
        }
        return place + bytes([changes["flags"]]) + count, json.dumps(client_data).encode()

    def _response(self, **fields: bytes) -> str:
        key_id = bytes_to_base64url(self.id)
        response = {name: bytes_to_base64url(value) for name, value in fields.items() if value}
        content = {"id": key_id, "rawId": key_id, "type": "public-key", "response": response}
        return json.dumps(content | {"clientExtensionResults": {}})
