"""What the invited answer: yes, signed in with the address that was invited, or no, by the link alone.

A yes is decided under the lock on the organization's row, by what holds at that moment: the invitation is there and
open, whoever gave it may still do so, and a seat is free. Of two at once the second finds no invitation any more.
"""

from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from accounts import security_rules, strangers
from accounts.actions.invitations import end, void
from accounts.actions.organizations import add_member
from accounts.actions.owners import lock
from accounts.entries import Contact
from accounts.invitations import address_in, own_contact, still_given
from accounts.models import Invitation, InvitationIndex, Membership, Organization, User
from accounts.policy import Access
from accounts.seats import has_seat
from ledger.actor import Actor
from ledger.models import Action
from vault.unsealer import unsealer

LINK = Actor.system("invitation-link")  # who declines proves to have the link, and nothing else of who they are


class Answer(StrEnum):
    JOINED = "joined"
    FULL = "full"  # no seat is free just now
    DOMAIN = "domain"  # the organization's security rules do not admit the address any more
    NOTHING = "nothing"  # the invitation is gone, over, void or another's


def find_open(token_hash: bytes) -> Invitation | None:
    """Return the invitation of a link that is good."""
    found = Invitation.objects.open(timezone.now()).select_related("organization")
    return found.filter(token_hash=token_hash).first()


def find(token_hash: bytes) -> Invitation | None:
    """Return the invitation of a link, also of one that is over, as long as there was no newer one."""
    return Invitation.objects.select_related("organization").filter(token_hash=token_hash).first()


def is_for(invitation: Invitation, address: str) -> bool:
    """Tell whether an invitation went to this mailbox."""
    own = unsealer().index_email(address, invitation.organization_id)
    return InvitationIndex.objects.matching(own).filter(invitation=invitation).exists()


def accept(user: User, token_hash: bytes) -> Answer:
    """Make somebody a member by the link that they opened, once."""
    found = find_open(token_hash)
    if found is None:
        return Answer.NOTHING
    with transaction.atomic():
        organization = Organization.objects.select_for_update(no_key=True).get(pk=found.organization_id)
        invitation = find_open(token_hash)
        if invitation is None:
            return Answer.NOTHING
        actor, contact = Actor.user(user.pk), own_contact(user)
        if not is_for(invitation, contact.email):
            return Answer.NOTHING
        access = still_given(actor, invitation)
        if access is None:
            void(actor, invitation)
            return Answer.NOTHING
        if not Membership.objects.filter(organization=organization, user=user).exists():
            if not has_seat(organization):
                return Answer.FULL
            if not security_rules.admits_address(organization, contact.email):
                return Answer.DOMAIN
            _join(actor, organization, user, access, contact)
        end(actor, Action.INVITATION_ACCEPTED, invitation)
    return Answer.JOINED


def decline(token_hash: bytes) -> bool:
    """Take a no: the address is erased, and that it said no is remembered. False for a link that is not good."""
    with transaction.atomic():
        if (asked := find(token_hash)) is None:
            return False
        lock([asked.organization_id])
        if (found := find(token_hash)) is None:
            return False
        address = address_in(LINK, found)
        if not end(LINK, Action.INVITATION_DECLINED, found):
            return False
        strangers.remember_refusal(found.organization_id, address)
    return True


def _join(actor: Actor, organization: Organization, user: User, access: Access, contact: Contact) -> None:
    add_member(actor, organization=organization, user=user, role=access.role, projects=access.projects, contact=contact)
