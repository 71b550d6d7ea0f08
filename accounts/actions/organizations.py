"""Making organizations and memberships, and renaming."""

import secrets
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from accounts import directory, security_rules
from accounts.access_changes import access_changed
from accounts.actions.projects import create_project
from accounts.actions.roles import check_projects
from accounts.entries import Contact
from accounts.models import Directory, Membership, Organization, Role, User
from accounts.policy import Access
from accounts.roles import commit_role, given_role, write_access
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.models import Action

_RESERVED = frozenset({"admin", "api", "new", "staff"})


class AddressRefused(Exception):
    """The organization takes no members with an address of this domain."""


def create_organization(
    actor: Actor,
    *,
    name: str,
    owner: User,
    contact: Contact | None = None,
    first_project: str = "Default",
    is_demo: bool = False,
) -> Organization:
    """Make an organization with its owner and a first project; `contact` is the owner's, if it is at hand."""
    with transaction.atomic():
        organization = Organization.objects.create(name=name, slug=_free_slug(name), is_demo=is_demo)
        record_event(
            actor,
            Action.ORGANIZATION_CREATED,
            target=organization.pk,
            organization_id=organization.pk,
            **changes({}, {"name": name}),
        )
        Directory.objects.create(organization_id=organization.pk)
        add_member(actor, organization=organization, user=owner, role=Role.OWNER, contact=contact)
        create_project(actor, organization=organization, name=first_project)
    return organization


def add_member(
    actor: Actor,
    *,
    organization: Organization,
    user: User,
    role: Role,
    projects: Mapping[UUID, Role] | None = None,
    contact: Contact | None = None,
) -> Membership:
    """Add a member and enter them in the directory; without their `contact` at hand it is opened for that.

    With `projects` they work in those alone; ValueError or UnknownProject as of `change_role`. Whether somebody may
    give this is asked of `policy.may_give` where it is given, which may be long before: in an invitation.
    AddressRefused if the organization's security rules do not admit their address; User.DoesNotExist for who was erased
    meanwhile, whose name and address come into no directory any more.
    """
    access = Access(role, projects)
    with transaction.atomic():
        check_projects(organization, access)
        User.objects.select_for_update().get(pk=user.pk, is_active=True)  # that of who erases them
        if security_rules.restricts_addresses(organization):
            contact = contact or directory.contact_of(actor, user)
            if not security_rules.admits_address(organization, contact.email):
                raise AddressRefused
        version = given_role(organization.pk, user.pk).version + 1
        text = write_access(access, version)
        membership = Membership.objects.create(organization=organization, user=user, role=text)
        record_event(
            actor,
            Action.MEMBER_ADDED,
            target=user.pk,
            organization_id=organization.pk,
            version=version,
            commitment=commit_role(text, organization.pk, user.pk),
        )
        directory.enter_member(actor, organization=organization, user=user, contact=contact, role=role)
        access_changed(organization.pk, user.pk, access)
    return membership


def rename_organization(actor: Actor, *, organization: Organization, name: str) -> None:
    """Give an organization another name. Its address (slug) stays: links and scripts name it."""
    with transaction.atomic():
        current = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        renamed = changes({"name": current.name}, {"name": name})
        if not renamed:
            return
        Organization.objects.filter(pk=organization.pk).update(name=name)
        record_event(
            actor, Action.ORGANIZATION_RENAMED, target=organization.pk, organization_id=organization.pk, **renamed
        )


def set_seats(actor: Actor, *, organization: Organization, seats: int | None) -> None:
    """Limit how many members an organization may have, from now on; None for no limit."""
    with transaction.atomic():
        Organization.objects.filter(pk=organization.pk).update(seats=seats)
        record_event(actor, Action.SEATS_SET, target=organization.pk, organization_id=organization.pk, seats=seats)


def _free_slug(name: str) -> str:
    """Return a slug of the name that nobody has; a random tail where it is taken, so that names can't be counted."""
    base = slugify(name)[:50] or "organization"
    if base not in _RESERVED and not Organization.objects.filter(slug=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"
