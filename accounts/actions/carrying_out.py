"""Carrying deletions out: an operator's process, because nobody else can destroy keys.

A row alone destroys nothing. It counts if the log says so: the request has its leaf, written by the unsealer at least
the days of grace ago, and no later leaf cancels it. Who takes over a web process can insert a row and have a request
recorded; then the organization or person has those days to see and cancel it.

Every step may be repeated: killed at any point, the next run goes on where it was and comes to the same receipt.
"""

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction

from accounts.actions.erasure import erase_organization, erase_user
from accounts.actions.owners import LastOwner, lock_person, refuse_last_owner
from accounts.models import Deletion, Organization, User
from accounts.models.deletion import Subject
from accounts.recipients import of_owners
from ledger.actor import Actor
from ledger.erasure import receipt
from ledger.ids import INSTALLATION
from ledger.models import Action, Leaf, LeafBody, LeafType
from notifications.models import OutboxMessage
from notifications.telling import tell
from vault.events import record_pending
from vault.unsealer import unsealer

LETTER_WAITS = timedelta(days=1)  # for the last letter to somebody whose address is about to be destroyed
_OPERATOR = Actor.operator()


class Outcome(StrEnum):
    DONE = "carried out"
    WAITING = "waits until the last letter is sent"
    UNRECORDED = "not in the log, or not long enough: left alone"
    LAST_OWNER = "they alone own an organization: left alone"
    OVER = "cancelled or carried out meanwhile"


def carry_out(deletion: Deletion, now: datetime) -> Outcome:
    """Do what is due of one deletion."""
    if not is_recorded(deletion, now):
        return Outcome.UNRECORDED
    try:
        current = _begin(deletion, now)
    except LastOwner:
        return Outcome.LAST_OWNER
    if current is None:
        return Outcome.OVER
    if _last_letter_waits(current, now):
        return Outcome.WAITING
    _erase(current)
    said = receipt(current.subject_id)
    record_pending()  # else the erasure's own event would get its leaf, and a body, after the others were dropped
    unsealer().drop_bodies(current.subject_id)
    Deletion.objects.filter(pk=current.pk, carried_out_at=None).update(carried_out_at=now, receipt=said)
    return Outcome.DONE


def is_recorded(deletion: Deletion, now: datetime) -> bool:
    """Tell whether the log has had the request for the days of grace, and no cancellation of it."""
    record_pending()
    if LeafBody.objects.filter(tenant=deletion.subject_id, type=LeafType.DESTRUCTION).exists():
        return True  # the keys are gone, and with them may be what the other leaves said
    body = LeafBody.objects.filter(event=deletion.event_id).first()
    if body is None or not _says(body, Action.DELETION_SCHEDULED, deletion):
        return False
    at = datetime.fromtimestamp(Leaf.objects.get(pk=body.position).at / 1_000_000, UTC)
    later = LeafBody.objects.filter(
        position__gt=body.position, tenant__in=[deletion.subject_id, INSTALLATION], text__contains=str(deletion.pk)
    )
    cancelled = any(_says(each, Action.DELETION_CANCELLED, deletion) for each in later)
    return not cancelled and at + timedelta(days=settings.DELETION_GRACE_DAYS) <= now


def _says(body: LeafBody, action: Action, deletion: Deletion) -> bool:
    said = json.loads(body.text)
    named = (said.get("action"), said.get("target"), (said.get("payload") or {}).get("deletion"))
    return named == (action, str(deletion.subject_id), str(deletion.pk))


def _begin(deletion: Deletion, now: datetime) -> Deletion | None:
    """Return the deletion as one that can't be cancelled any more; None if it is over."""
    with transaction.atomic():
        if deletion.kind == Subject.USER:
            _refuse_last_owner(deletion)
        current = Deletion.objects.select_for_update().pending().filter(pk=deletion.pk).first()
        if current is not None and current.began_at is None:
            current.began_at = now
            current.save(update_fields=["began_at"])
            _tell(current)
    return current


def _refuse_last_owner(deletion: Deletion) -> None:
    user, organizations = lock_person(deletion.subject_id)
    for organization in organizations:
        refuse_last_owner(_OPERATOR, organization, user.pk)


def _tell(deletion: Deletion) -> None:
    """Write the last letters: to a person before their address is destroyed, to owners for when it is done."""
    if deletion.kind == Subject.USER:
        tell("account-deleted", deletion.pk, [deletion.subject_id])
    else:
        tell("organization-deleted", deletion.pk, of_owners(Organization.objects.get(pk=deletion.subject_id)))


def _last_letter_waits(deletion: Deletion, now: datetime) -> bool:
    if deletion.kind != Subject.USER or deletion.began_at is None or now - deletion.began_at > LETTER_WAITS:
        return False
    return OutboxMessage.objects.open().filter(kind="account-deleted", subject_id=deletion.pk).exists()


def _erase(deletion: Deletion) -> None:
    if deletion.kind == Subject.USER:
        erase_user(_OPERATOR, User.objects.get(pk=deletion.subject_id))
    else:
        erase_organization(_OPERATOR, Organization.objects.get(pk=deletion.subject_id))
