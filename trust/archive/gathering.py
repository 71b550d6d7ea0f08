"""What the worker gathers for a person's archive. Nothing of it is sealed where it comes from, and nothing is opened.

Everything comes a piece at a time, however much there is of it: a long history needs no more memory than a short one.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet

from accounts.actions.exports import Pieces
from accounts.factors import factors_of
from accounts.models import BrowserSession, Totp, User
from keys.models import ApiKey
from ledger.models import AuditEvent, LeafType
from ledger.queries import Window
from notifications import preferences
from notifications.models import OutboxMessage, Preference
from trust import rows
from trust.proof import bundle_for
from trust.verifier import verifier
from usage import csv_export
from usage.models import SavedView

PIECE = 256 * 1024  # bytes
_OF_MESSAGES = ("kind", "channel", "created_at", "sent_at", "failed_at", "error")
_ROWS = 500  # of a query at once
Row = dict[str, Any]


def gather(user: User) -> Pieces:
    """Return the archive's files in order, each in pieces of at most about `PIECE` bytes."""
    for file, chunks in _files(user):
        yield from ((file, piece) for piece in _pieces(chunks))


def _files(user: User) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "account.json", [json_of(_account(user))]
    chosen = Preference.objects.filter(recipient_id=user.pk)
    yield "preferences.json", _array(_rows(chosen, "kind", "channel", "choice"))
    yield "sessions.json", _array(_rows(BrowserSession.objects.of(user.pk), "agent", "started_at", "seen_at"))
    yield "devices.json", _array(_rows(user.devices.all(), "agent", "created_at", "seen_at"))
    yield "sign-in.json", [json_of(_factors(user))]
    yield "messages.json", _array(_rows(_messages(user), *_OF_MESSAGES))
    yield "api-keys.json", _array(_keys(user))
    yield (
        "usage-views.json",
        _array(_rows(SavedView.objects.filter(membership__user=user), "name", "query", "created_at")),
    )
    yield "events.json", _array(_rows(_events(user), "at", "action", "actor", "target", "organization_id", "payload"))
    yield "ledger/entries.csv", _entries(user)
    yield "ledger/bundle.json", bundle_for(user.vault_tenant)
    yield f"ledger/{verifier().name}", [verifier().source]


def _account(user: User) -> Row:
    hours = preferences.quiet_hours(user.pk)
    return {
        "id": user.pk,
        "created_at": user.created_at,
        "email_verified_at": user.email_verified_at,
        "language": user.language,
        "time_zone": user.time_zone,
        "quiet_hours": [str(time) for time in hours] if hours else None,
    }


def _factors(user: User) -> Row:
    app = Totp.objects.filter(user=user, confirmed_at__isnull=False).first()
    return {
        "passkeys": list(_rows(user.passkeys.all(), "name", "created_at", "last_used_at")),
        "authenticator_app_since": app.confirmed_at if app else None,
        "recovery_codes_left": factors_of(user).codes_left,
    }


def _messages(user: User) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(recipient_id=user.pk)


def _events(user: User) -> QuerySet[AuditEvent]:
    """Return what they did in any organization, and what was done to their account."""
    return AuditEvent.objects.filter(Q(actor=f"user:{user.pk}") | Q(target=str(user.pk)))


def _keys(user: User) -> Iterator[Row]:
    keys = ApiKey.objects.filter(created_by=user).select_related("project__organization").order_by("pk")
    for key in keys.iterator(_ROWS):
        yield {
            "name": key.name,
            "hint": key.hint,
            "organization": key.project.organization.name,
            "project": key.project.name,
            "created_at": key.created_at,
            "revoked_at": key.revoked_at,
        }


def _entries(user: User) -> Iterator[bytes]:
    entries = Window.since(user.vault_tenant, 0).entries(LeafType, Q())
    return (line.encode() for line in csv_export.lines(rows.CSV_HEADER, rows.csv_rows(entries)))


def _rows(found: QuerySet[Any], *fields: str) -> Iterator[Row]:
    return iter(found.order_by("pk").values(*fields).iterator(_ROWS))


def json_of(value: object) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode() + b"\n"


def _array(found: Iterable[Row]) -> Iterator[bytes]:
    """Return a JSON array with a row a line."""
    before = b"[\n"
    for row in found:
        yield before + json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Return the same bytes in pieces of about one size; one piece at least."""
    waiting, size = [], 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
