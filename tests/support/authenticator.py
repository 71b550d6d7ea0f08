"""A device that makes passkeys and signs with them, as far as a server sees it. It lies where a test says so."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One passkey. `counter` goes up by itself unless it is 0, as with those that don't count."""

    counter: int = 1
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user_handle: str = ""

    def make(self, options: dict[str, Any], **lies: Any) -> str:
        """Answer to creation options as a browser's toJSON does."""
        self.user_handle = options["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        data = self._data(options["rp"]["id"], lies.get("flags", PRESENT | VERIFIED) | ATTESTED) + attested
        statement = cbor.encode({"fmt": "none", "authData": data, "attStmt": {}})
        response = {"attestationObject": websafe_encode(statement), "transports": ["internal", "carrier-pigeon"]}
        return self._answer("webauthn.create", options["challenge"], lies, response)

    def sign(self, options: dict[str, Any], **lies: Any) -> str:
        """Answer to request options."""
        self.counter += 1 if self.counter else 0
        data = self._data(options["rpId"], lies.get("flags", PRESENT | VERIFIED))
        client = self._client("webauthn.get", options["challenge"], lies)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(lies.get("signature", signature)),
            "userHandle": lies.get("user_handle", self.user_handle),
        }
        return self._answer("webauthn.get", options["challenge"], lies, response)

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _client(self, kind: str, challenge: str, lies: dict[str, Any]) -> bytes:
        told = {
            "type": lies.get("kind", kind),
            "challenge": lies.get("challenge", challenge),
            "origin": lies.get("origin", settings.CONSOLE_ORIGIN),
            "crossOrigin": lies.get("cross_origin", False),
        }
        return json.dumps(told).encode()

    def _answer(self, kind: str, challenge: str, lies: dict[str, Any], response: dict[str, Any]) -> str:
        client = websafe_encode(self._client(kind, challenge, lies))
        answer = {
            "id": websafe_encode(self.credential_id),
            "rawId": websafe_encode(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {"clientDataJSON": client, **response},
        }
        return json.dumps(answer)
