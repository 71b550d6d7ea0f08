"""Erasing a person or an organization: access ends, what finds them goes, and then their keys are destroyed.

The console's changes are committed first. A crash before leaves an account that works, a crash after one that can be
erased again: every step may be repeated. Rows with sealed values stay, and nothing opens them any more.
"""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.actions.billing_contacts import remove_contacts_of
from accounts.actions.invitations import end_invitations_of
from accounts.actions.owners import lock_person, refuse_last_owner
from accounts.actions.roles import end_membership
from accounts.factors import forget_factors
from accounts.models import BrowserSession, Directory, IdentityProvider, Organization, SecuritySettings, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications import outbox, preferences
from notifications.webhooks.actions import delete_endpoints_of
from vault.purposes import Purpose
from vault.unsealer import unsealer


def erase_user(actor: Actor, user: User) -> None:
    """End a person's account and destroy their keys; LastOwner while an organization would be left to nobody."""
    with transaction.atomic():
        # The lock is also that of the index's rotation, which writes an index only for who has one.
        known, organizations = lock_person(user.pk)
        for organization in organizations:
            refuse_last_owner(actor, organization, user.pk)
        if known.email_indexes.exists():
            record_event(actor, Action.ACCOUNT_ERASED, target=known.pk)
        for membership in known.memberships.select_related("organization", "user").order_by("organization"):
            end_membership(actor, membership, purpose=Purpose.ERASURE)
        _end_access(known)
    unsealer().shred(str(actor), user.vault_tenant)


def erase_organization(actor: Actor, organization: Organization) -> None:
    """End an organization with its projects, keys and memberships, and destroy its data keys."""
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=organization.pk)
        members, projects = organization.memberships.count(), organization.projects.count()
        if members or projects:
            counts = {"members": members, "projects": projects}
            record_event(
                actor, Action.ORGANIZATION_ERASED, target=organization.pk, organization_id=organization.pk, **counts
            )
        organization.projects.all().delete()  # and their API keys, which are refused from now on
        organization.memberships.all().delete()
        Directory.objects.filter(organization=organization).delete()
        SecuritySettings.objects.filter(organization=organization).delete()
        remove_contacts_of(actor, organization)
        end_invitations_of(actor, organization)
        organization.refusals.all().delete()
        delete_endpoints_of(actor, organization.pk)
        organization.domains.all().delete()  # before the provider, as where the last domain lapses
        IdentityProvider.objects.filter(organization=organization).delete()
        outbox.cancel(organization.pk)
    unsealer().shred(str(actor), organization.vault_tenant)


def _end_access(user: User) -> None:
    user.is_active, user.is_operator, user.password = False, False, make_password(None)
    user.save(update_fields=["is_active", "is_operator", "password"])
    user.email_indexes.all().delete()
    user.verifications.all().delete()
    outbox.cancel(user.pk)
    preferences.forget(user.pk)
    user.devices.all().delete()
    user.password_resets.all().delete()
    user.spare_addresses.all().delete()
    user.sso_links.all().delete()
    user.spare_phones.all().delete()
    user.exports.all().delete()
    forget_factors(user)
    BrowserSession.objects.filter(user_id=user.pk).delete()
