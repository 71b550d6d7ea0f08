"""Deleting an account or an organization: asked for now, carried out after some days, and cancelled in between.

The console only records the wish: destroying keys is for an operator's process, see `carrying_out.py`.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions.owners import lock, lock_person, refuse_last_owner
from accounts.actions.verification import hash_token
from accounts.deletion_links import token_of
from accounts.models import Deletion, Organization, User
from accounts.models.deletion import Subject
from accounts.recipients import of_managers
from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import new_id
from ledger.models import Action
from notifications.telling import tell

DeletionSubject = User | Organization
LINK = Actor.system("deletion-link")  # who cancels by the link of a letter; it does not say who that is


def schedule_deletion(actor: Actor, *, subject: DeletionSubject, requested_by: User | None = None) -> Deletion:
    """Ask for the end of an account or an organization; the one that is pending, if there is one.

    LastOwner for somebody who alone owns an organization that stays. Until it is carried out nothing changes for
    anybody: keys work, and it can be cancelled. The person, or owners and admins, are told.
    """
    with transaction.atomic():
        _lock(actor, subject)
        if pending := Deletion.objects.of(subject.pk):
            return pending
        now, pk = timezone.now(), new_id()
        kind = Subject.ORGANIZATION if isinstance(subject, Organization) else Subject.USER
        event = record_event(
            actor,
            Action.DELETION_SCHEDULED,
            target=subject.pk,
            organization_id=_organization_id(kind, subject.pk),
            deletion=str(pk),
        )
        deletion = Deletion.objects.create(
            id=pk,
            kind=kind,
            subject_id=subject.pk,
            requested_by=requested_by.pk if requested_by else None,
            requested_at=now,
            due_at=now + timedelta(days=settings.DELETION_GRACE_DAYS),
            event_id=event.pk,
            token_hash=hash_token(token_of(pk)),
        )
        _tell("deletion-scheduled", deletion)
    return deletion


def cancel_deletion(actor: Actor, *, deletion: Deletion) -> bool:
    """Keep an account or an organization; False if it was cancelled before, or is being carried out."""
    with transaction.atomic():
        now = timezone.now()
        if not Deletion.objects.cancellable().filter(pk=deletion.pk).update(cancelled_at=now):
            return False
        record_event(
            actor,
            Action.DELETION_CANCELLED,
            target=deletion.subject_id,
            organization_id=_organization_id(deletion.kind, deletion.subject_id),
            deletion=str(deletion.pk),
        )
        _tell("deletion-cancelled", deletion)
    deletion.cancelled_at = now
    return True


def _lock(actor: Actor, subject: DeletionSubject) -> None:
    if isinstance(subject, Organization):
        lock([subject.pk])
        return
    for organization in lock_person(subject.pk)[1]:
        if Deletion.objects.of(organization.pk) is None:
            refuse_last_owner(actor, organization, subject.pk)


def _organization_id(kind: str, subject_id: UUID) -> UUID | None:
    return subject_id if kind == Subject.ORGANIZATION else None


def _tell(kind: str, deletion: Deletion) -> None:
    if deletion.kind == Subject.USER:
        tell(kind, deletion.pk, [deletion.subject_id])
    else:
        organization = Organization.objects.get(pk=deletion.subject_id)
        tell(f"organization-{kind}", deletion.pk, of_managers(organization))
