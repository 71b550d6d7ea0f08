"""The archive on its way to its person: sealed pieces open a few at a time, in that person's own request.

What is opened stands in the ledger as their own opening. A scope is closed before its pieces are sent, so that a slow
line holds none open; nothing is written anywhere, and memory holds a few pieces.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from accounts.membership import Acting
from accounts.models import DataExport, ExportPart, Membership, SpareAddress, SparePhone, User
from accounts.profile import FIELDS
from ledger.actor import Actor
from trust.archive.gathering import json_of
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.purposes import Purpose

_AT_ONCE = 16  # pieces
_README = """This is what this console keeps about you.

profile.json       who you are, opened for this archive
memberships.json   your organizations and your roles in them
account.json       your account, and how messages are worded for you
preferences.json   which messages you chose; what is not listed comes as usual
sessions.json      browsers in which you were signed in
devices.json       browsers that signed in before
sign-in.json       what you sign in with, without its secrets
messages.json      messages that went to you; what they said is not kept
api-keys.json      API keys that you made, without their secrets
usage-views.json   views of the usage page that you saved
events.json        what you did, and what was done to your account
ledger/            who opened your data; check it by: python verify_ledger.py bundle.json

What your organizations own is not in here: their members, usage, invoices, prompts and answers.
Passwords, passkeys and codes are kept in a form that nobody can read, and are left out.
"""


def stream(user: User, export: DataExport) -> Iterator[bytes]:
    """Return the ZIP, piece by piece. What its person may not open has failed before the first piece."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, pieces in _files(user, export):
            entry = zipfile.ZipInfo(file, date_time=_clock(export.ready_at or timezone.now()))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            with archive.open(entry, "w", force_zip64=True) as out:
                for piece in pieces:
                    out.write(piece)
                    yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Takes what is written until it is fetched; it can't be rewound, so the archive is written straight through."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        return len(data)

    def taken(self) -> bytes:
        taken, self._waiting = bytes(self._waiting), bytearray()
        return taken


def _files(user: User, export: DataExport) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield "README.txt", iter([_README.encode()])
    yield "profile.json", iter([json_of(_profile(user))])
    yield "memberships.json", iter([json_of(_memberships(user))])
    for file, pieces in groupby(_opened(user, export), key=lambda piece: piece[0]):
        yield file, (content for _, content in pieces)


def _profile(user: User) -> dict[str, Any]:
    """Open what a person says of themselves, and what waits to be proven or was theirs until just now."""
    named: list[tuple[Any, Any, str]] = [(User, user, name) for name in FIELDS]
    named += [(SpareAddress, spare, "email") for spare in user.spare_addresses.all()]
    named += [(SparePhone, spare, "phone") for spare in user.spare_phones.all()]
    given = [(model, row, name) for model, row, name in named if getattr(row, name) is not None]
    with disclose(
        Purpose.OWN_ACCOUNT,
        actor=Actor.user(user.pk),
        tenant=user.vault_tenant,
        fields=[getattr(model, name) for model, name in dict.fromkeys((model, name) for model, _, name in given)],
        subjects=list({row.pk for _, row, _ in given}),
    ) as scope:
        values = scope.open_all([getattr(row, name) for _, row, name in given])
    found: dict[str, Any] = dict.fromkeys(FIELDS) | {"new_or_former_emails": [], "new_or_former_phones": []}
    for (model, _, name), value in zip(given, values, strict=True):
        if model is User:
            found[name] = value
        else:
            found[f"new_or_former_{name}s"].append(value)
    return found


def _memberships(user: User) -> list[dict[str, Any]]:
    memberships = Membership.objects.filter(user=user).select_related("organization").order_by("pk")
    return [
        {"organization": each.organization.name, "since": each.created_at, "role": _role(user, each)}
        for each in memberships
    ]


def _role(user: User, membership: Membership) -> str | None:
    try:
        return Acting(user, membership).role.value
    except VaultError:  # a role that somebody changed in the database keeps nobody from the rest
        return None


def _opened(user: User, export: DataExport) -> Iterator[tuple[str, bytes]]:
    """Open the pieces, a few in one disclosure; each disclosure is over before the first of them is sent."""
    ids = list(export.parts.order_by("number").values_list("pk", flat=True))
    for first in range(0, len(ids), _AT_ONCE):
        parts = list(export.parts.filter(pk__in=ids[first : first + _AT_ONCE]).order_by("number"))
        yield from zip([part.file for part in parts], _open(user, parts), strict=True)


def _open(user: User, parts: list[ExportPart]) -> list[bytes]:
    with disclose(
        Purpose.OWN_ACCOUNT,
        actor=Actor.user(user.pk),
        tenant=user.vault_tenant,
        fields=[ExportPart.content],
        subjects=[part.pk for part in parts],
    ) as scope:
        opened: list[bytes] = scope.open_all([part.content for part in parts])
    return opened


def _clock(at: datetime) -> tuple[int, int, int, int, int, int]:
    return (at.year, at.month, at.day, at.hour, at.minute, at.second)
