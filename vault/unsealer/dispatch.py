"""From a request to who answers it: the same for both transports."""

from collections.abc import Callable
from typing import Any

import django.db

from ledger.errors import LedgerError
from vault.errors import VaultError
from vault.unsealer import keeping, messages, opening, witnessing
from vault.unsealer.messages import Request
from vault.unsealer.session import Session

_ANSWERS: dict[type[Request], Callable[[Session, Any], object]] = {
    messages.Seal: opening.seal,
    messages.Begin: opening.begin,
    messages.Open: opening.open_values,
    messages.OpenOnce: opening.open_once,
    messages.End: opening.end,
    messages.Distrust: opening.distrust,
    messages.IndexEmail: keeping.index_email,
    messages.HashingKey: keeping.hashing_key,
    messages.Reseal: keeping.reseal,
    messages.ReindexEmails: keeping.reindex_emails,
    messages.Rotate: keeping.rotate,
    messages.Retire: keeping.retire,
    messages.Idle: keeping.idle,
    messages.Rewrap: keeping.rewrap,
    messages.Shred: keeping.shred,
    messages.DropBodies: witnessing.drop_bodies,
    messages.StartGrant: witnessing.start_grant,
    messages.CloseGrant: witnessing.close_grant,
    messages.CloseExpired: witnessing.close_expired,
    messages.Record: witnessing.record,
    messages.SignCheckpoint: witnessing.sign_checkpoint,
    messages.PublicKey: witnessing.public_key,
    messages.Check: witnessing.check,
}


def answer(session: Session, request: Request) -> object:
    """Answer a request; every failure is a VaultError."""
    if request.for_operators and not session.operator:
        raise VaultError("operators-only", "Only operators may ask for this, on the machine of the unsealer.")
    try:
        return _ANSWERS[type(request)](session, request)
    except LedgerError as error:
        raise VaultError(error.code, "The ledger did not record it.", permanent=error.permanent) from None
    except django.db.Error:
        raise VaultError("vault-away", "The vault database does not answer.", permanent=False) from None
