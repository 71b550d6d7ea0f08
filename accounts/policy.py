"""Who may do what: the whole permission story. Everything that is not granted here is denied."""

from enum import StrEnum

from accounts.models import Role, User


class Permission(StrEnum):
    VIEW_KEYS = "keys:view"
    MANAGE_KEYS = "keys:manage"
    MANAGE_WEBHOOKS = "webhooks:manage"
    MANAGE_BILLING_CONTACTS = "billing-contacts:manage"
    VIEW_USAGE = "usage:view"
    DATA_ACCESS = "data-access:view"


_EVERYONE = frozenset(Role)
_GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.VIEW_KEYS: _EVERYONE,
    Permission.MANAGE_KEYS: frozenset({Role.OWNER, Role.ADMIN, Role.DEVELOPER}),
    Permission.MANAGE_WEBHOOKS: frozenset({Role.OWNER, Role.ADMIN}),
    Permission.MANAGE_BILLING_CONTACTS: frozenset({Role.OWNER, Role.ADMIN, Role.BILLING}),
    Permission.VIEW_USAGE: _EVERYONE,
    Permission.DATA_ACCESS: frozenset({Role.OWNER, Role.ADMIN}),
}


def allows(role: Role, permission: Permission) -> bool:
    return role in _GRANTS[permission]


def operates(user: User) -> bool:
    """Tell whether somebody runs the installation. No role in an organization gives this, and it gives no role."""
    return user.is_active and user.is_operator
