"""Passkeys (WebAuthn): discoverable, so that no address is needed, and always with the person verified by their device.

Only answers from CONSOLE_ORIGIN itself count, and never from inside another page. Whatever is wrong with an answer, it
is refused in one way; what came is never quoted.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestedCredentialData,
    AuthenticationResponse,
    CollectedClientData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.factors import ISSUER
from accounts.factors.challenges import LASTS
from accounts.models import Passkey, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell

_ALGORITHMS = (-7, -8, -257)  # ES256, EdDSA, RS256
_TRANSPORTS = frozenset({"usb", "nfc", "ble", "hybrid", "internal", "smart-card"})
_REQUIRED = UserVerificationRequirement.REQUIRED
Options = dict[str, Any]
_T = TypeVar("_T")


class Refused(Exception):
    """The answer does not count."""


class Copied(Refused):
    """The passkey's counter went back: somebody may have copied it."""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a device made for us."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


def creation_options(user: User, account: str, challenge: bytes) -> Options:
    """Return what a browser makes a passkey by, as JSON. `account` is how the device names the account."""
    options, _ = _server().register_begin(
        PublicKeyCredentialUserEntity(id=user.pk.bytes, name=account, display_name=account),
        _descriptors(user.passkeys.all()),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_REQUIRED,
        challenge=challenge,
    )
    return dict(options.public_key)


def request_options(challenge: bytes, passkeys: Iterable[Passkey] = ()) -> Options:
    """Return what a browser signs in by, as JSON: with one of these passkeys, or with any that it finds."""
    options, _ = _server().authenticate_begin(_descriptors(passkeys) or None, _REQUIRED, challenge=challenge)
    return dict(options.public_key)


def register(challenge: bytes | None, answer: str) -> NewPasskey:
    """Return the passkey of a browser's answer, or raise Refused; without a challenge nothing counts."""
    if challenge is None:
        raise Refused
    return _refusing(lambda: _register(challenge, msgspec.json.decode(answer)))


def verify(challenge: bytes | None, answer: str, user: User | None = None) -> Passkey:
    """Return the passkey that signed, of this user or of anybody, and count the use; or raise Refused."""
    if challenge is None:
        raise Refused
    response, credential_id = _refusing(lambda: _read(msgspec.json.decode(answer)))
    owned = Passkey.objects.filter(user=user) if user else Passkey.objects.all()
    passkey = owned.select_related("user").filter(credential_id=credential_id).first()
    # Without a name given before, the device itself has to say whose passkey it is.
    if passkey is None or (user is None and not response.response.user_handle):
        raise Refused
    counter = _refusing(lambda: _verify(challenge, response, passkey))
    if not _count(passkey, counter):
        _tell_of_copy(passkey)
        raise Copied
    return passkey


def _register(challenge: bytes, answer: Any) -> NewPasskey:
    response = RegistrationResponse.from_dict(answer)
    _require_own_page(response.response.client_data)
    made = _server().register_complete(_state(challenge), response)
    data = made.credential_data
    if data is None or data.public_key.ALGORITHM not in _ALGORITHMS:
        raise Refused
    named = answer["response"].get("transports") or []
    return NewPasskey(
        credential_id=bytes(data.credential_id),
        public_key=cbor.encode(dict(data.public_key)),
        sign_count=made.counter,
        transports=sorted(_TRANSPORTS & {each for each in named if isinstance(each, str)}),
    )


def _read(answer: Any) -> tuple[AuthenticationResponse, bytes]:
    response = AuthenticationResponse.from_dict(answer)
    return response, bytes(response.raw_id)


def _verify(challenge: bytes, response: AuthenticationResponse, passkey: Passkey) -> int:
    """Return the counter of an answer that this passkey signed."""
    _require_own_page(response.response.client_data)
    handle = response.response.user_handle
    if handle and UUID(bytes=bytes(handle)) != passkey.user_id:
        raise Refused
    key = CoseKey.parse(cast(Mapping[int, Any], cbor.decode(bytes(passkey.public_key))))
    credential = AttestedCredentialData.create(Aaguid.NONE, bytes(passkey.credential_id), key)
    _server().authenticate_complete(_state(challenge), [credential], response)
    return response.response.authenticator_data.counter


def _count(passkey: Passkey, counter: int) -> bool:
    """Note a use; False if the counter did not go up. Those that never count say 0 for ever."""
    before = {"sign_count__lt": counter} if counter else {"sign_count": 0}
    rows = Passkey.objects.filter(pk=passkey.pk, **before)
    return bool(rows.update(sign_count=counter, last_used_at=timezone.now()))


def _tell_of_copy(passkey: Passkey) -> None:
    with transaction.atomic():
        event = record_event(Actor.user(passkey.user_id), Action.PASSKEY_REFUSED, target=passkey.pk)
        key = f"passkey-refused {passkey.pk} {timezone.now().date()}"  # once a day
        tell("passkey-refused", event.pk, [passkey.user_id], key=key)


def _require_own_page(client_data: CollectedClientData) -> None:
    if client_data.cross_origin:
        raise Refused


def _server() -> Fido2Server:
    rp = PublicKeyCredentialRpEntity(id=str(urlsplit(settings.CONSOLE_ORIGIN).hostname), name=ISSUER)
    server = Fido2Server(rp, verify_origin=lambda origin: origin == settings.CONSOLE_ORIGIN)
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=alg) for alg in _ALGORITHMS
    ]
    server.timeout = int(LASTS.total_seconds() * 1000)  # type: ignore[assignment]  # typed as None there
    return server


def _state(challenge: bytes) -> dict[str, Any]:
    return {"challenge": websafe_encode(challenge), "user_verification": _REQUIRED}


def _descriptors(passkeys: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor.from_dict(
            {
                "type": "public-key",
                "id": websafe_encode(bytes(passkey.credential_id)),
                "transports": passkey.transports or None,
            }
        )
        for passkey in passkeys
    ]


def _refusing(read: Callable[[], _T]) -> _T:
    """Return what is read of an answer. The library raises whatever a malformed one leads to; all of it means no."""
    try:
        return read()
    except Exception:
        refused = Refused()
    # Outside of the handler: what was raised there quotes the answer.
    raise refused
