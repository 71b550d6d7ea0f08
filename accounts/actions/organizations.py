"""Making organizations, projects and memberships."""

import secrets

from django.db import transaction
from django.utils.text import slugify

from accounts import directory, security_rules
from accounts.entries import Contact
from accounts.models import Directory, Membership, Organization, Project, Role, User
from accounts.roles import commit_role, given_role, write_role
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
    actor: Actor, *, organization: Organization, user: User, role: Role, contact: Contact | None = None
) -> Membership:
    """Add a member and enter them in the directory; without their `contact` at hand it is opened for that.

    AddressRefused if the organization's security rules do not admit their address.
    """
    with transaction.atomic():
        if security_rules.restricts_addresses(organization):
            contact = contact or directory.contact_of(actor, user)
            if not security_rules.admits_address(organization, contact.email):
                raise AddressRefused
        version = given_role(organization.pk, user.pk).version + 1
        text = write_role(role, version)
        membership = Membership.objects.create(organization=organization, user=user, role=text)
        record_event(
            actor,
            Action.MEMBER_ADDED,
            target=user.pk,
            organization_id=organization.pk,
            version=version,
            commitment=commit_role(text, organization.pk, user.pk),
        )
        directory.enter_member(actor, organization=organization, user=user, contact=contact)
    return membership


def create_project(actor: Actor, *, organization: Organization, name: str, retention_days: int = 0) -> Project:
    slug = slugify(name)[:60] or f"project-{secrets.token_hex(3)}"
    with transaction.atomic():
        project = organization.projects.create(name=name, slug=slug, retention_days=retention_days)
        record_event(
            actor,
            Action.PROJECT_CREATED,
            target=project.pk,
            organization_id=organization.pk,
            **changes({}, {"name": name, "retention_days": retention_days}),
        )
    return project


def _free_slug(name: str) -> str:
    """Return a slug of the name that nobody has; a random tail where it is taken, so that names can't be counted."""
    base = slugify(name)[:50] or "organization"
    if base not in _RESERVED and not Organization.objects.filter(slug=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"
