"""Who may do what, and who may give what: the whole permission story. Everything that is not granted here is denied.

A member has one role in the organization. It may be narrowed to named projects, in each to a role that is not above it;
owners and admins are never narrowed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import Role, User


class Permission(StrEnum):
    RENAME_ORGANIZATION = "organization:rename"
    DELETE_ORGANIZATION = "organization:delete"
    TRANSFER_OWNERSHIP = "ownership:transfer"
    MANAGE_SECURITY = "security:manage"
    MANAGE_SSO = "sso:manage"
    VIEW_PROJECTS = "projects:view"
    MANAGE_PROJECTS = "projects:manage"
    VIEW_MEMBERS = "members:view"
    MANAGE_MEMBERS = "members:manage"
    VIEW_AUDIT_LOG = "audit:view"
    MANAGE_ADMIN_KEYS = "admin-keys:manage"
    VIEW_KEYS = "keys:view"
    MANAGE_KEYS = "keys:manage"
    MANAGE_LIMITS = "limits:manage"
    VERIFY_KEYS = "keys:verify"
    USE_PLAYGROUND = "playground:use"
    MANAGE_WEBHOOKS = "webhooks:manage"
    MANAGE_BILLING_CONTACTS = "billing-contacts:manage"
    VIEW_USAGE = "usage:view"
    REPORT_USAGE = "usage:report"
    OPEN_CONTENT = "content:open"
    VIEW_BILLING = "billing:view"
    MANAGE_BILLING = "billing:manage"
    DATA_ACCESS = "data-access:view"


MEANINGS: dict[Permission, str | Promise] = {
    Permission.RENAME_ORGANIZATION: gettext_lazy("Rename the organization"),
    Permission.DELETE_ORGANIZATION: gettext_lazy("Delete the organization, and cancel that"),
    Permission.TRANSFER_OWNERSHIP: gettext_lazy("Hand the organization over"),
    Permission.MANAGE_SECURITY: gettext_lazy("Change security settings"),
    Permission.MANAGE_SSO: gettext_lazy("Manage single sign-on"),
    Permission.VIEW_PROJECTS: gettext_lazy("See projects"),
    Permission.MANAGE_PROJECTS: gettext_lazy("Make, change and archive projects"),
    Permission.VIEW_MEMBERS: gettext_lazy("See members and their roles"),
    Permission.MANAGE_MEMBERS: gettext_lazy("Invite and remove members, change their roles up to one’s own"),
    Permission.VIEW_AUDIT_LOG: gettext_lazy("Read the audit log"),
    Permission.MANAGE_ADMIN_KEYS: gettext_lazy("Make and revoke admin keys"),
    Permission.VIEW_KEYS: gettext_lazy("See API keys, never their secrets"),
    Permission.MANAGE_KEYS: gettext_lazy("Make and revoke API keys"),
    Permission.MANAGE_LIMITS: gettext_lazy("Set limits and budgets of the organization and its projects"),
    Permission.VERIFY_KEYS: gettext_lazy("Verify API keys for another gateway"),
    Permission.USE_PLAYGROUND: gettext_lazy("Call models from the playground, at the project’s cost"),
    Permission.MANAGE_WEBHOOKS: gettext_lazy("Manage webhooks"),
    Permission.MANAGE_BILLING_CONTACTS: gettext_lazy("Manage billing contacts"),
    Permission.VIEW_USAGE: gettext_lazy("See usage and its cost"),
    Permission.REPORT_USAGE: gettext_lazy("Report usage of another gateway"),
    Permission.OPEN_CONTENT: gettext_lazy("Open prompts and answers that are kept, which is recorded"),
    Permission.VIEW_BILLING: gettext_lazy("See credit, invoices and payments"),
    Permission.MANAGE_BILLING: gettext_lazy("Buy credit, change how it is paid, cap spending"),
    Permission.DATA_ACCESS: gettext_lazy("See who opened sealed data, and export the proof"),
}
_EVERYONE = frozenset(Role)
_OWNERS = frozenset({Role.OWNER})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.RENAME_ORGANIZATION: _ADMINS,
    Permission.DELETE_ORGANIZATION: _OWNERS,
    Permission.TRANSFER_OWNERSHIP: _OWNERS,
    Permission.MANAGE_SECURITY: _ADMINS,
    Permission.MANAGE_SSO: _OWNERS,  # whoever names the provider can sign in as anybody of the domains
    Permission.VIEW_PROJECTS: _EVERYONE,
    Permission.MANAGE_PROJECTS: _ADMINS,
    Permission.VIEW_MEMBERS: _EVERYONE,
    Permission.MANAGE_MEMBERS: _ADMINS,
    Permission.VIEW_AUDIT_LOG: _ADMINS,
    Permission.MANAGE_ADMIN_KEYS: _ADMINS,
    Permission.VIEW_KEYS: _EVERYONE,
    Permission.MANAGE_KEYS: _ADMINS | {Role.DEVELOPER},
    Permission.MANAGE_LIMITS: _ADMINS,
    Permission.VERIFY_KEYS: _ADMINS,
    Permission.USE_PLAYGROUND: _ADMINS | {Role.DEVELOPER},
    Permission.MANAGE_WEBHOOKS: _ADMINS,
    Permission.MANAGE_BILLING_CONTACTS: _ADMINS | {Role.BILLING},
    Permission.VIEW_USAGE: _EVERYONE,
    Permission.REPORT_USAGE: _ADMINS,  # it becomes money
    Permission.OPEN_CONTENT: _ADMINS | {Role.DEVELOPER},
    Permission.VIEW_BILLING: _ADMINS | {Role.BILLING},
    Permission.MANAGE_BILLING: _ADMINS | {Role.BILLING},
    Permission.DATA_ACCESS: _ADMINS,
}

# What is done in a project. Of who is limited to projects, only the roles they have there give these.
IN_PROJECTS = frozenset(
    {
        Permission.VIEW_PROJECTS,
        Permission.VIEW_KEYS,
        Permission.MANAGE_KEYS,
        Permission.USE_PLAYGROUND,
        Permission.VIEW_USAGE,
        Permission.OPEN_CONTENT,
    }
)
NEVER_NARROWED = _ADMINS


def allows(role: Role, permission: Permission) -> bool:
    return role in _GRANTS[permission]


def granted(role: Role) -> frozenset[Permission]:
    return frozenset(permission for permission in Permission if allows(role, permission))


def is_above(role: Role, other: Role) -> bool:
    """Tell whether a role grants anything that the other one does not. Of developer and billing either is."""
    return not granted(role) <= granted(other)


@dataclass(frozen=True, slots=True)
class Access:
    """What a member was given: a role, in every project or (with `projects`) in those alone; ValueError if not so."""

    role: Role
    projects: Mapping[UUID, Role] | None = None

    def __post_init__(self) -> None:
        if self.projects is None:
            return
        if self.role in NEVER_NARROWED:
            raise ValueError("Owners and admins work in every project.")
        if any(is_above(role, self.role) for role in self.projects.values()):
            raise ValueError("A role in a project is not above the role in the organization.")

    def may(self, permission: Permission, project_id: UUID | None = None) -> bool:
        """Tell whether this allows something: in a project if one is named, else in the organization or any project."""
        if self.projects is None or permission not in IN_PROJECTS:
            return allows(self.role, permission)
        roles = self.projects.values() if project_id is None else [self.projects.get(project_id)]
        return any(role is not None and allows(role, permission) for role in roles)

    def is_above(self, other: "Access") -> bool:
        """Tell whether this allows anything anywhere that the other one does not."""
        if is_above(self.role, other.role):
            return True
        if other.projects is None:
            return False
        if self.projects is None:
            return True
        return any(
            there not in other.projects or is_above(role, other.projects[there])
            for there, role in self.projects.items()
        )


# What an API key can be made to do, by its scope, and whose role gives that. Nobody gives a key more than they have.
_CALLS: dict[str, frozenset[Role]] = {
    "chat": _ADMINS | {Role.DEVELOPER},
    "models": _EVERYONE,
    "moderations": _ADMINS | {Role.DEVELOPER},
}


def givable_scopes(access: Access | None, project_id: UUID) -> frozenset[str]:
    """Return the scopes that a key of a project can have from somebody: none, unless they may make keys there.

    Of an admin key the access is its maker's of this moment, and it holds `keys:manage` besides.
    """
    if access is None or not access.may(Permission.MANAGE_KEYS, project_id):
        return frozenset()
    role = access.role if access.projects is None else access.projects[project_id]
    return frozenset(scope for scope, roles in _CALLS.items() if role in roles)


def may_give(giver: Access, former: Access | None, new: Access | None) -> bool:
    """Tell whether somebody may make one access of another: None before somebody joins, and after they are removed.

    Nobody gives or takes what is above their own access, so an admin makes and touches no owner, and nobody raises
    themselves.
    """
    if not giver.may(Permission.MANAGE_MEMBERS):
        return False
    return not any(access.is_above(giver) for access in (former, new) if access)


def operates(user: User) -> bool:
    """Tell whether somebody runs the installation. No role in an organization gives this, and it gives no role."""
    return user.is_active and user.is_operator
