"""Scopes: the permissions that an admin key can hold. What isn't here needs a person."""

from collections.abc import Iterable

from accounts.policy import Permission

SCOPES: dict[Permission, str] = {
    Permission.RENAME_ORGANIZATION: "Rename the organization",
    Permission.VIEW_PROJECTS: "See projects",
    Permission.MANAGE_PROJECTS: "Make, change and archive projects",
    Permission.VIEW_MEMBERS: "See members with name, email and role",
    Permission.MANAGE_MEMBERS: "Change roles up to one’s own, remove members, see invitations",
    Permission.VIEW_KEYS: "See API keys",
    Permission.MANAGE_KEYS: "Make and revoke API keys",
    Permission.MANAGE_WEBHOOKS: "See and manage webhooks",
    Permission.MANAGE_BILLING_CONTACTS: "See and manage billing contacts",
    Permission.VIEW_AUDIT_LOG: "Read the audit log",
    Permission.DATA_ACCESS: "Read who opened sealed data",
    Permission.MANAGE_ADMIN_KEYS: "See and revoke admin keys",
}


def by_resource(scopes: Iterable[Permission]) -> dict[str, str]:
    """Return the scopes as an audit event tells them: the verbs of each resource."""
    verbs: dict[str, list[str]] = {}
    for scope in scopes:
        resource, _, verb = scope.value.partition(":")
        verbs.setdefault(resource, []).append(verb)
    return {resource: ",".join(sorted(found)) for resource, found in sorted(verbs.items())}
