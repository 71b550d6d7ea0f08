"""Who may do what: the whole permission story. Everything that is not granted here is denied."""

from enum import StrEnum

from accounts.models import Role, User


class Permission(StrEnum):
    RENAME_ORGANIZATION = "organization:rename"
    DELETE_ORGANIZATION = "organization:delete"
    TRANSFER_OWNERSHIP = "ownership:transfer"
    MANAGE_SECURITY = "security:manage"
    VIEW_PROJECTS = "projects:view"
    MANAGE_PROJECTS = "projects:manage"
    VIEW_MEMBERS = "members:view"
    MANAGE_MEMBERS = "members:manage"
    VIEW_AUDIT_LOG = "audit:view"
    MANAGE_ADMIN_KEYS = "admin-keys:manage"
    VIEW_KEYS = "keys:view"
    MANAGE_KEYS = "keys:manage"
    MANAGE_WEBHOOKS = "webhooks:manage"
    MANAGE_BILLING_CONTACTS = "billing-contacts:manage"
    VIEW_USAGE = "usage:view"
    DATA_ACCESS = "data-access:view"


_EVERYONE = frozenset(Role)
_OWNERS = frozenset({Role.OWNER})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.RENAME_ORGANIZATION: _ADMINS,
    Permission.DELETE_ORGANIZATION: _OWNERS,
    Permission.TRANSFER_OWNERSHIP: _OWNERS,
    Permission.MANAGE_SECURITY: _ADMINS,
    Permission.VIEW_PROJECTS: _EVERYONE,
    Permission.MANAGE_PROJECTS: _ADMINS,
    Permission.VIEW_MEMBERS: _EVERYONE,
    Permission.MANAGE_MEMBERS: _ADMINS,
    Permission.VIEW_AUDIT_LOG: _ADMINS,
    Permission.MANAGE_ADMIN_KEYS: _ADMINS,
    Permission.VIEW_KEYS: _EVERYONE,
    Permission.MANAGE_KEYS: _ADMINS | {Role.DEVELOPER},
    Permission.MANAGE_WEBHOOKS: _ADMINS,
    Permission.MANAGE_BILLING_CONTACTS: _ADMINS | {Role.BILLING},
    Permission.VIEW_USAGE: _EVERYONE,
    Permission.DATA_ACCESS: _ADMINS,
}


def allows(role: Role, permission: Permission) -> bool:
    return role in _GRANTS[permission]


def operates(user: User) -> bool:
    """Tell whether somebody runs the installation. No role in an organization gives this, and it gives no role."""
    return user.is_active and user.is_operator
