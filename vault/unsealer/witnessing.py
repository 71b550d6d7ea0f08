"""The ledger's side of the unsealer: grants, audit events and signed checkpoints."""

from contextlib import suppress
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from msgspec import Meta, Struct

from ledger import checkpoints
from ledger.actor import Actor
from ledger.erasure import drop_bodies as drop
from ledger.events import append_events
from ledger.leaves import Entry
from ledger.models import LeafType
from ledger.notes import Signer
from vault.errors import VaultError
from vault.unsealer import grants
from vault.unsealer.messages import (
    Check,
    CloseExpired,
    CloseGrant,
    DropBodies,
    PublicKey,
    Record,
    SignCheckpoint,
    StartGrant,
)
from vault.unsealer.scopes import actor_of
from vault.unsealer.session import Session

_Text = Annotated[str, Meta(max_length=200)]


class _Event(Struct, forbid_unknown_fields=True):
    """What the body of an event says beside its type, actor and id."""

    action: _Text = ""
    target: _Text = ""
    payload: Annotated[dict[_Text, _Text | int | None], Meta(max_length=20)] = {}
    changed: _Text = ""


def start_grant(session: Session, request: StartGrant) -> None:
    grant = grants.find(request.grant)
    grants.check_signed(grant, settings.APPROVERS_FILE, session.keyring.public_key)
    uses = grants.Uses(grant, session.keyring.pen)
    session.record(grants.started(grant), check=lambda: grants.check_not_started(grant, uses.read()))


def close_grant(session: Session, request: CloseGrant) -> None:
    actor_of(request.actor)
    session.record(grants.closed(request.grant, request.actor), check=lambda: grants.check_running(request.grant))


def close_expired(session: Session, request: CloseExpired) -> int:
    """Close what ran out, once each: who else closes one at the same moment is no failure."""
    closed = 0
    for grant_id in grants.expired():
        with suppress(VaultError):
            close_grant(session, CloseGrant(str(Actor.system("unsealer")), grant_id))
            closed += 1
    return closed


def record(session: Session, request: Record) -> None:
    for entry in request.entries:
        _check_event(entry)
    append_events(request.entries, session.keyring.pen)


def drop_bodies(session: Session, request: DropBodies) -> int:
    return drop(request.tenant, pen=session.keyring.pen)


def sign_checkpoint(session: Session, request: SignCheckpoint) -> int:
    checkpoint: int = checkpoints.sign_checkpoint(_signer(session), within=request.within).pk
    return checkpoint


def public_key(session: Session, request: PublicKey) -> bytes:
    return session.keyring.public_key


def check(session: Session, request: Check) -> None:
    session.keyring.check()


def _check_event(entry: Entry) -> None:
    """Refuse what is not in the form of an event: it would stay in a chain that no verifier reads any more."""
    if entry.type != LeafType.EVENT:
        raise VaultError("refused", "Only audit events are recorded for others.")
    try:
        msgspec.convert(entry.actor, _Text)
        msgspec.convert(entry.more, _Event)
    except msgspec.ValidationError:
        raise VaultError("refused", "An audit event has other members.") from None
    if entry.event is None or entry.grant or entry.purpose:
        raise VaultError("refused", "An audit event has an id, and neither a grant nor a purpose.")


def _log_name() -> str:
    """Return the name that the log began with: one that changed would be another log."""
    last = checkpoints.latest_checkpoint()
    return last.text.partition("\n")[0] if last else f"{urlsplit(settings.CONSOLE_ORIGIN).hostname}/ledger"


def _signer(session: Session) -> Signer:
    return Signer(_log_name(), session.keyring.signing_key, session.keyring.pen)
