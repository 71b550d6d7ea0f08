"""Inviting people: many at once, again, and taking it back. Whom the letter goes to answers in `invitation_answers`.

Whoever writes holds the lock on the organization's row, so that seats are counted right and one address is invited
once. That somebody refused, or had a letter today, is told to who invites: it is their own organization's past.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import strangers
from accounts.actions.roles import check_projects
from accounts.actions.verification import hash_token
from accounts.addressees import Addressees, Verdict
from accounts.invitations import access_in, commitment_of, may_invite, opened
from accounts.models import Invitation, InvitationIndex, Organization, User
from accounts.models.invitation import LETTER
from accounts.policy import Access
from accounts.roles import read_access, write_access
from accounts.seats import free_seats
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications import outbox, windows
from vault.blind_index import normalise_email

MOST_AT_ONCE = 100
LIFETIME = timedelta(days=7)  # of a link
KEPT = timedelta(days=30)  # an address whose owner did not answer, from the end of the link on
_PER_ORGANIZATION = "invitations-day"
_PURGE = Actor.system("worker")


class Wrong(Exception):
    """An invitation can't be sent again now; the verdict says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered to everybody of a batch, by whom, and in which language the letters are."""

    access: Access
    language: str
    inviter: User | None = None


def invite(actor: Actor, *, organization: Organization, addresses: Sequence[str], offer: Offer) -> list[Verdict]:
    """Invite addresses, all with one offer, and return what became of each, in their order.

    PermissionDenied if the actor may not give that; UnknownProject for a foreign project.
    """
    with transaction.atomic():
        locked = _lock(organization)
        if not may_invite(actor, locked, offer.access):
            raise PermissionDenied(_("Your own role does not let you give this one."))
        check_projects(locked, offer.access)
        return _Batch(actor, locked, offer, addresses).run()


def resend(actor: Actor, invitation: Invitation, inviter: User | None = None) -> None:
    """Send an invitation again with a new link; the old one is dead at once. Who sends is now who invites.

    Wrong where that has to wait; PermissionDenied; Invitation.DoesNotExist if it ended meanwhile.
    """
    with transaction.atomic():
        organization = _lock(invitation.organization)
        current = Invitation.objects.select_related("organization").get(pk=invitation.pk)
        text = access_in(actor, current)
        if not may_invite(actor, organization, read_access(text)[0]):
            raise PermissionDenied(_("Your own role does not let you give this one."))
        now, address = timezone.now(), opened(actor, [current])[current.pk].email
        is_open = current.expires_at > now and current.voided_at is None
        if not is_open and not _is_seat_free(organization):
            raise Wrong(Verdict.NO_SEAT)
        if verdict := _counted(organization, address):
            raise Wrong(verdict)
        current.token_hash, current.voided_at, current.invited_by = None, None, inviter
        current.issued_at, current.expires_at = now, now + LIFETIME
        current.save(update_fields=["token_hash", "voided_at", "invited_by", "issued_at", "expires_at"])
        outbox.cancel(current.pk)
        _send(actor, Action.INVITATION_RESENT, current, text, address)


def revoke(actor: Actor, invitation: Invitation) -> bool:
    """Take an invitation back: its address is erased and its link dead. False for one that is gone.

    PermissionDenied for one that gives what the actor could not give.
    """
    with transaction.atomic():
        organization = _lock(invitation.organization)
        current = Invitation.objects.select_related("organization").filter(pk=invitation.pk).first()
        if current is None:
            return False
        if not may_invite(actor, organization, read_access(access_in(actor, current))[0]):
            raise PermissionDenied(_("Your own role does not let you take this invitation back."))
        return end(actor, Action.INVITATION_REVOKED, current)


def issue_link(invitation: Invitation) -> str | None:
    """Make the token of a letter's link and end the older one; only its hash is kept. None if it is over."""
    token = secrets.token_urlsafe(32)
    waiting = Invitation.objects.open(timezone.now()).filter(pk=invitation.pk)
    return token if waiting.update(token_hash=hash_token(token)) else None


def end(actor: Actor, action: Action, invitation: Invitation) -> bool:
    """Erase an invitation, whatever ended it; False if something else did before."""
    if not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
        return False
    outbox.cancel(invitation.pk)
    record_event(actor, action, target=invitation.pk, organization_id=invitation.organization_id)
    return True


def void(actor: Actor, invitation: Invitation) -> None:
    """Note that nobody stands for an invitation any more; who manages the organization may send it anew."""
    open_ = Invitation.objects.filter(pk=invitation.pk, voided_at=None)
    if open_.update(voided_at=timezone.now(), token_hash=None):
        record_event(actor, Action.INVITATION_VOIDED, target=invitation.pk, organization_id=invitation.organization_id)


def end_invitations_of(actor: Actor, organization: Organization) -> None:
    """Erase all invitations of an organization that goes away."""
    for invitation in organization.invitations.all():
        end(actor, Action.INVITATION_REVOKED, invitation)


def purge_unanswered(now: datetime) -> int:
    """Erase the addresses of who never answered, and forget old refusals; return how many addresses."""
    strangers.forget_old(now)
    silent = Invitation.objects.expired_before(now - KEPT)
    purged = 0
    for invitation in silent.iterator():
        with transaction.atomic():
            purged += end(_PURGE, Action.INVITATION_PURGED, invitation)
    return purged


class _Batch:
    """One act of inviting."""

    def __init__(self, actor: Actor, organization: Organization, offer: Offer, addresses: Sequence[str]) -> None:
        self._actor, self._organization, self._offer, self._addresses = actor, organization, offer, addresses
        self._seats = free_seats(organization)
        self._known = Addressees(organization, addresses)

    def run(self) -> list[Verdict]:
        verdicts: dict[str, Verdict] = {}
        for address in self._addresses:
            mailbox = normalise_email(address)
            if mailbox not in verdicts:
                verdicts[mailbox] = self._invite(address)
        return [verdicts[normalise_email(address)] for address in self._addresses]

    def _invite(self, address: str) -> Verdict:
        if verdict := self._known.verdict(address):
            return verdict
        if self._seats is not None and self._seats < 1:
            return Verdict.NO_SEAT
        if verdict := _counted(self._organization, address):
            return verdict
        if former := self._known.invitation(address):
            end(self._actor, Action.INVITATION_REVOKED, former)
        self._create(address)
        return Verdict.INVITED

    def _create(self, address: str) -> None:
        now, text = timezone.now(), write_access(self._offer.access, 1)
        invitation = Invitation.objects.create(
            organization=self._organization,
            email=address,
            access=text,
            language=self._offer.language,
            issued_at=now,
            expires_at=now + LIFETIME,
            invited_by=self._offer.inviter,
        )
        InvitationIndex.objects.bulk_create(
            [
                InvitationIndex(invitation=invitation, version=version, value=value)
                for version, value in self._known.invited(address)
            ]
        )
        if self._seats is not None:
            self._seats -= 1
        _send(self._actor, Action.MEMBER_INVITED, invitation, text, address)


def _lock(organization: Organization) -> Organization:
    """Lock an organization for its seats' sake; rows that refer to it can still be added."""
    return Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _is_seat_free(organization: Organization) -> bool:
    free = free_seats(organization)
    return free is None or free > 0


def _counted(organization: Organization, address: str) -> Verdict | None:
    """Count a letter; return what stands in its way."""
    if not strangers.admits("invited", organization.pk, address):
        return Verdict.TODAY
    caps = {_PER_ORGANIZATION: settings.INVITATIONS_PER_DAY}
    if not windows.take(windows.counters("invitations", str(organization.pk), caps), caps):
        strangers.take_back("invited", organization.pk, address)
        return Verdict.TOO_MANY
    return None


def _send(actor: Actor, action: Action, invitation: Invitation, text: str, address: str) -> None:
    record_event(
        actor,
        action,
        target=invitation.pk,
        organization_id=invitation.organization_id,
        commitment=commitment_of(invitation, text),
    )
    strangers.put(LETTER, invitation.pk, address)
