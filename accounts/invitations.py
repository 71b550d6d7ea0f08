"""What stands in invitations, in the clear: for who manages them, for who sends them, and to compare with who accepts.

What an invitation gives counts only if its newest event stands for it, as with roles; the event also says who gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.directory import contact_of
from accounts.entries import Contact
from accounts.giving import access_behind
from accounts.models import Invitation, Organization, User
from accounts.policy import Access, may_give
from accounts.roles import commit_role, read_access
from ledger.actor import Actor, ActorKind
from ledger.models import Action, AuditEvent
from vault.disclosure import disclose, open_once
from vault.purposes import Purpose

GIVING = (Action.MEMBER_INVITED, Action.INVITATION_RESENT)


@dataclass(frozen=True, slots=True, repr=False)
class Invited:
    """Whom an invitation is for, and what it gives."""

    email: str
    access: Access


def opened(actor: Actor, invitations: Sequence[Invitation]) -> dict[UUID, Invited]:
    """Open invitations of one organization for who manages them; one leaf, and none where there are none."""
    if not invitations:
        return {}
    ids = [invitation.pk for invitation in invitations]
    with disclose(
        Purpose.TEAM_ADMINISTRATION,
        actor=actor,
        tenant=invitations[0].vault_tenant,
        fields=[Invitation.email, Invitation.access],
        subjects=ids,
    ) as scope:
        emails = scope.open_all([invitation.email for invitation in invitations])
        texts = scope.open_all([invitation.access for invitation in invitations])
    found = zip(ids, emails, texts, strict=True)
    return {pk: Invited(email, read_access(text)[0]) for pk, email, text in found}


def access_in(actor: Actor, invitation: Invitation) -> str:
    """Open what an invitation gives, as it was sealed, to decide by it."""
    text: str = open_once(Purpose.AUTHORIZATION, invitation.access, actor=actor)
    return text


def address_in(actor: Actor, invitation: Invitation) -> str:
    """Open an address whose owner said no, to remember that."""
    address: str = open_once(Purpose.ERASURE, invitation.email, actor=actor)
    return address


def still_given(actor: Actor, invitation: Invitation) -> Access | None:
    """Return what an invitation gives now; None if nobody gave it, or who did may not do so any more."""
    text = access_in(actor, invitation)
    events = AuditEvent.objects.filter(
        organization_id=invitation.organization_id, target=str(invitation.pk), action__in=GIVING
    )
    newest = events.order_by("-pk").first()
    if newest is None or newest.payload.get("commitment") != commitment_of(invitation, text):
        return None
    access, _ = read_access(text)
    return access if may_invite(Actor.parse(newest.actor), invitation.organization, access, opener=actor) else None


def may_invite(giver: Actor, organization: Organization, access: Access, *, opener: Actor | None = None) -> bool:
    """Tell whether somebody may let others join with such an access; who is at the command line may."""
    if giver.kind is ActorKind.OPERATOR:
        return True
    own = access_behind(giver, organization, opener or giver)
    return own is not None and may_give(own, None, access)


def commitment_of(invitation: Invitation, text: str) -> str:
    """Return what an event says of the access that was sealed into this invitation."""
    return commit_role(text, invitation.organization_id, invitation.pk)


def own_contact(user: User) -> Contact:
    """Open somebody's own name and address, for themselves."""
    return contact_of(Actor.user(user.pk), user, Purpose.OWN_ACCOUNT)
