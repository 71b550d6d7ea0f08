"""Exporting one's own data: asked for by its person, made by the worker, opened by its person again."""

import logging
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actions.verification import hash_token
from accounts.models import DataExport, ExportPart, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications import windows
from notifications.telling import tell

logger = logging.getLogger(__name__)

LASTS = timedelta(days=7)
_LEASE = timedelta(minutes=10)  # renewed with each part
_CAPS = {"export-day": 3}
_PURGED = 20  # exports at once: each may have many parts
Pieces = Iterator[tuple[str, bytes]]  # of files, in order: the file's name and a piece of it


def request_export(user: User) -> bool:
    """Have an archive made, in place of any former one; False if that was asked for too often."""
    with transaction.atomic():
        if not windows.take(windows.counters("export", user.pk.hex, _CAPS), _CAPS):
            return False
        User.objects.select_for_update().get(pk=user.pk)
        user.exports.all().delete()
        export = user.exports.create(expires_at=timezone.now() + LASTS)
        record_event(Actor.user(user.pk), Action.EXPORT_REQUESTED, target=export.pk)
    return True


def make_exports(gather: Callable[[User], Pieces], now: datetime) -> int:
    """Make the archives that were asked for; return how many came to be. One that fails keeps no other waiting."""
    return sum(_make(export, gather) for export in iter(lambda: _claim(now), None))


def note_download(export: DataExport) -> None:
    with transaction.atomic():
        record_event(Actor.user(export.user_id), Action.EXPORT_DOWNLOADED, target=export.pk)


def issue_link(export: DataExport) -> str:
    """Make the token of the letter's link, and return it; only its hash is kept. An older one ends."""
    token = secrets.token_urlsafe(32)
    DataExport.objects.filter(pk=export.pk).update(token_hash=hash_token(token))
    return token


def find_export(user: User, token: str) -> DataExport | None:
    return user.exports.ready(timezone.now()).filter(token_hash=hash_token(token)).first()


def purge(now: datetime) -> int:
    """Delete the archives whose week is over; return how many."""
    purged = 0
    while ids := list(DataExport.objects.filter(expires_at__lte=now).values_list("pk", flat=True)[:_PURGED]):
        DataExport.objects.filter(pk__in=ids).delete()
        purged += len(ids)
    return purged


def _claim(now: datetime) -> DataExport | None:
    """Take the oldest export that nobody is at; of any number of workers at once one gets it."""
    for export in DataExport.objects.to_make(now, _LEASE).select_related("user").order_by("requested_at")[:10]:
        at, before = timezone.now(), export.claimed_at
        mine = DataExport.objects.filter(pk=export.pk, claimed_at=before, ready_at=None)
        if mine.update(claimed_at=at, attempts=export.attempts + 1):
            export.claimed_at, export.attempts = at, export.attempts + 1
            return export
    return None


def _make(export: DataExport, gather: Callable[[User], Pieces]) -> bool:
    try:
        export.parts.all().delete()  # of a worker that died
        return _finish(export, sum(_keep(export, number, *piece) for number, piece in enumerate(gather(export.user))))
    except _Lost:
        return False
    except Exception as error:  # whatever it is, its text may say what was gathered
        logger.error("export %s failed, try %d: %s", export.pk, export.attempts, type(error).__name__)
        DataExport.objects.filter(pk=export.pk, claimed_at=export.claimed_at).update(claimed_at=None)
        return False


def _keep(export: DataExport, number: int, file: str, piece: bytes) -> int:
    """Seal a piece; return its size."""
    _renew(export)
    ExportPart.objects.create(export=export, user_id=export.user_id, number=number, file=file, content=piece)
    return len(piece)


class _Lost(Exception):
    """The export was taken over, asked for anew, or its person is gone."""


def _renew(export: DataExport, **fields: object) -> None:
    at = timezone.now()
    if not DataExport.objects.filter(pk=export.pk, claimed_at=export.claimed_at).update(claimed_at=at, **fields):
        raise _Lost
    export.claimed_at = at


def _finish(export: DataExport, size: int) -> bool:
    now = timezone.now()
    with transaction.atomic():
        _renew(export, ready_at=now, expires_at=now + LASTS, size=size)
        tell("export-ready", export.pk, [export.user_id])
    return True
