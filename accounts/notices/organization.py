"""What is told of an organization: contacts of their being one, members of their role, managers of webhooks."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.actions import invitations
from accounts.actions.billing_contacts import KEPT, LIFETIME, issue_link
from accounts.invitations import still_given
from accounts.models import BillingContact, Invitation, Membership, Organization, User
from accounts.models.billing_contact import QUESTION
from accounts.models.invitation import LETTER
from accounts.recipients import TELLER, of_managers
from accounts.roles import read_access
from ledger.models import Action, AuditEvent
from notifications import recipients
from notifications.models import Because, Endpoint
from notifications.notices import Facts, notice
from notifications.telling import tell
from notifications.webhooks.disabling import on_disabled
from vault.disclosure import open_once
from vault.purposes import Purpose


@recipients.register
def billing_contacts(ids: Iterable[UUID]) -> Iterable[BillingContact]:
    return BillingContact.objects.filter(pk__in=list(ids))


@notice(QUESTION)
def confirm_contact(contact_id: UUID, to: BillingContact) -> Facts | None:
    token = issue_link(to)
    if token is None:
        return None
    return {
        "organization": to.organization.name,
        "link": settings.CONSOLE_ORIGIN + reverse("accounts:contact", args=[token]),
        "refusal": settings.CONSOLE_ORIGIN + reverse("accounts:contact_refusal", args=[token]),
        "days": LIFETIME.days,
        "kept": KEPT.days,
    }


@recipients.register
def invited(ids: Iterable[UUID]) -> Iterable[Invitation]:
    return Invitation.objects.select_related("organization").filter(pk__in=list(ids))


@notice(LETTER)
def invitation(invitation_id: UUID, to: Invitation) -> Facts | None:
    """An invitation that nobody stands for any more by the time its letter goes out is void, and sends none."""
    with transaction.atomic():
        access = still_given(TELLER, to)
        if access is None:
            invitations.void(TELLER, to)
            return None
        token = invitations.issue_link(to)
    if token is None:
        return None
    return {
        "organization": to.organization.name,
        "role": access.role.value,
        "until": to.expires_at,
        "kept": invitations.KEPT.days,
        "url": settings.CONSOLE_ORIGIN + reverse("accounts:invitation_link", args=[token]),
        "decline_url": settings.CONSOLE_ORIGIN + reverse("accounts:invitation_decline_link", args=[token]),
    }


@notice("role-changed")
def role_changed(membership_id: UUID, to: User) -> Facts | None:
    """The role is the one of the moment of sending: of two changes at once both letters name the second."""
    membership = Membership.objects.select_related("organization").filter(pk=membership_id, user=to).first()
    changed_at = _changed_at(membership) if membership else None
    if membership is None or changed_at is None:
        return None
    return {
        "organization": membership.organization.name,
        "role": _role(membership),
        "at": changed_at,
        "url": settings.CONSOLE_ORIGIN + reverse("organization_home", args=[membership.organization.slug]),
    }


@notice("removed-from-organization")
def removed_from_organization(event_id: UUID, to: User) -> Facts | None:
    event = AuditEvent.objects.filter(pk=event_id, action=Action.MEMBER_REMOVED, target=str(to.pk)).first()
    if event is None or event.organization_id is None:
        return None
    organization = Organization.objects.filter(pk=event.organization_id).first()
    if organization is None or organization.memberships.filter(user=to).exists():
        return None
    return {"organization": organization.name, "at": event.at}


@on_disabled
def tell_managers(endpoint: Endpoint) -> None:
    for organization in Organization.objects.filter(pk=endpoint.organization_id):
        tell("webhook-disabled", endpoint.pk, of_managers(organization))


@notice("webhook-disabled")
def webhook_disabled(endpoint_id: UUID, to: User) -> Facts | None:
    endpoint = Endpoint.objects.filter(pk=endpoint_id, disabled_at__isnull=False).first()
    if endpoint is None:
        return None
    organization = Organization.objects.visible_to(to).filter(pk=endpoint.organization_id).first()
    if organization is None:
        return None
    return {
        "organization": organization.name,
        "host": urlsplit(endpoint.url).netloc,
        "is_gone": endpoint.disabled_because == Because.GONE,
        "at": endpoint.disabled_at,
        "url": settings.CONSOLE_ORIGIN + reverse("webhooks:endpoint", args=[organization.slug, endpoint.pk]),
    }


def _changed_at(membership: Membership) -> datetime | None:
    events = AuditEvent.objects.filter(
        action=Action.MEMBER_ROLE_CHANGED,
        organization_id=membership.organization_id,
        target=str(membership.user_id),
    )
    return events.order_by("-pk").values_list("at", flat=True).first()


def _role(membership: Membership) -> str:
    """Open a role to tell its own member."""
    text: str = open_once(Purpose.TEAM_ADMINISTRATION, membership.role, actor=TELLER)
    return read_access(text)[0].role.value
