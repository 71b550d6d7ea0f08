"""Keeping keys: rotation, re-sealing, shredding. Plaintext is used in here at most, and nothing of it is released."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings

from ledger.ids import INSTALLATION
from ledger.leaves import Entry
from ledger.models import LeafType
from ledger.written import was_destroyed
from vault.blind_index import email_index, invited_index
from vault.errors import VaultError
from vault.models import DataKey
from vault.places import column
from vault.planes import API_KEYS, Plane
from vault.purposes import Purpose
from vault.unsealer.messages import (
    HashingKey,
    Idle,
    Index,
    IndexEmail,
    Opening,
    ReindexEmails,
    Reseal,
    Retire,
    Rewrap,
    Rotate,
    Shred,
    Value,
)
from vault.unsealer.opening import entry, refuse
from vault.unsealer.scopes import admitted, rule_of
from vault.unsealer.session import Session

_SIGN_IN, _INVITED = "accounts.User.email", "accounts.Invitation.email"
_LONGEST_ADDRESS = 320  # characters; to normalise megabytes would keep everybody waiting


def reseal(session: Session, request: Reseal) -> list[bytes]:
    plaintexts = _open_inside(session, request.actor, request.values)
    return [
        session.seal(column(value.label), value, plaintext)
        for value, plaintext in zip(request.values, plaintexts, strict=True)
    ]


def reindex_emails(session: Session, request: ReindexEmails) -> list[list[Index]]:
    if any(value.label not in {_SIGN_IN, _INVITED} for value in request.values):
        raise VaultError("refused", "Only addresses of sign-in and of invitations have an index.")
    addresses = _open_inside(session, request.actor, request.values)
    return [
        # The tenant is authenticated: a row that names another organization does not open.
        _indexes(session, column(value.label).decode(address), value.tenant if value.label == _INVITED else None)
        for value, address in zip(request.values, addresses, strict=True)
    ]


def index_email(session: Session, request: IndexEmail) -> list[Index]:
    if len(request.address) > _LONGEST_ADDRESS:
        raise VaultError("refused", "No mailbox has an address as long as this.")
    return _indexes(session, request.address, request.organization)


def hashing_key(session: Session, request: HashingKey) -> bytes:
    return session.keyring.sealing(API_KEYS, Plane.INDEX).secret


def rotate(session: Session, request: Rotate) -> int:
    admitted(request.actor, Purpose.REKEYING)
    key = session.keyring.rotate(request.tenant, Plane(request.plane))
    session.record(_rotation(request, "key-made", key.id))
    return key.version


def retire(session: Session, request: Retire) -> None:
    admitted(request.actor, Purpose.REKEYING)
    plane = Plane(request.plane)
    row = DataKey.objects.filter(tenant=request.tenant, plane=plane, version=request.version).first()
    leaf = _rotation(request, "key-destroyed", bytes(row.key_id) if row else b"")
    session.record(leaf, check=lambda: session.keyring.retire(request.tenant, plane, request.version))
    session.keyring.forget()  # what another caller looked up before this was committed


def idle(session: Session, request: Idle) -> None:
    session.keyring.mark_idle(request.tenant, Plane(request.plane), request.version, idle=request.idle)


def rewrap(session: Session, request: Rewrap) -> int:
    return session.keyring.rewrap(request.most)


class _Meanwhile(Exception):
    """Somebody else destroyed keys of the tenant, or made one, since they were listed."""


def shred(session: Session, request: Shred) -> None:
    admitted(request.actor, Purpose.ERASURE)
    while (keys := _keys_of(session, request.tenant)) is not None:
        with suppress(_Meanwhile):
            _destroy(session, request, keys)
            break
    session.keyring.forget()


def _keys_of(session: Session, tenant: UUID) -> list[tuple[str, str]] | None:
    """Return id and plane of each key that a tenant has; None if they had all been destroyed, on the record."""
    rows = DataKey.objects.filter(tenant=tenant).order_by("plane", "version")
    keys = [(bytes(row.key_id).hex(), row.plane) for row in rows]
    return None if not keys and was_destroyed(tenant, session.keyring.pen) else keys


def _destroy(session: Session, request: Shred, keys: list[tuple[str, str]]) -> None:
    """Destroy keys and commit the leaf that lists just these; _Meanwhile if they are not these any more."""

    def destroy() -> None:  # while nobody else can append: of two at once, one destroys
        if _keys_of(session, request.tenant) != keys:
            raise _Meanwhile
        session.keyring.shred(request.tenant)

    more = {
        "keys": [key_id for key_id, _ in keys],
        "planes": sorted({plane for _, plane in keys}),
        "horizon": (datetime.now(UTC) + timedelta(days=settings.BACKUP_HORIZON_DAYS)).date().isoformat(),
    }
    leaf = Entry(request.tenant, LeafType.DESTRUCTION, request.actor, purpose=Purpose.ERASURE, more=more)
    session.record(leaf, check=destroy)


def _open_inside(session: Session, actor: str, values: list[Value]) -> list[bytes]:
    """Open values for use in here, one leaf a tenant."""
    openings = [_rekeying(actor, tenant, values) for tenant in sorted({value.tenant for value in values})]
    try:
        for opening in openings:
            rule_of(opening)
        places = [(column(value.label), value) for value in values]
        session.record(*(entry(LeafType.OPENING, opening) for opening in openings))
        return session.unseal_all(places)
    except VaultError as error:
        for opening in openings:
            refuse(session, error, opening)
        raise


def _rekeying(actor: str, tenant: UUID, values: list[Value]) -> Opening:
    own = [value for value in values if value.tenant == tenant]
    fields, subjects = sorted({value.label for value in own}), sorted({value.pk for value in own})
    return Opening(Purpose.REKEYING, actor, tenant, fields, subjects)


def _indexes(session: Session, address: str, organization: UUID | None) -> list[Index]:
    keys = session.keyring.versions(INSTALLATION, Plane.INDEX)
    if organization is None:
        return [Index(key.version, email_index(key.secret, address)) for key in keys]
    return [Index(key.version, invited_index(key.secret, organization, address)) for key in keys]


def _rotation(request: Rotate | Retire, what: str, key_id: bytes) -> Entry:
    more = {"what": what, "plane": request.plane, "key": key_id.hex()}
    return Entry(request.tenant, LeafType.ROTATION, request.actor, purpose=Purpose.REKEYING, more=more)
