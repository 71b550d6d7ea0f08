"""Scopes: the permissions that an admin key can hold. What isn't here needs a person."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.policy import Permission

SCOPES: dict[Permission, str | Promise] = {
    Permission.RENAME_ORGANIZATION: gettext_lazy("Rename the organization"),
    Permission.DELETE_ORGANIZATION: gettext_lazy("Delete the organization, and cancel that"),
    Permission.MANAGE_SECURITY: gettext_lazy("See and set security rules"),
    Permission.MANAGE_SSO: gettext_lazy("See single sign-on, prove and remove its domains"),
    Permission.VIEW_PROJECTS: gettext_lazy("See projects"),
    Permission.MANAGE_PROJECTS: gettext_lazy("Make, change and archive projects"),
    Permission.VIEW_MEMBERS: gettext_lazy("See members with name, email and role"),
    Permission.MANAGE_MEMBERS: gettext_lazy("Invite people, change roles up to one’s own, remove members"),
    Permission.VIEW_KEYS: gettext_lazy("See API keys"),
    Permission.MANAGE_KEYS: gettext_lazy("Make, change, rotate and revoke API keys and service accounts"),
    Permission.MANAGE_LIMITS: gettext_lazy("Set limits and budgets of the organization and its projects"),
    Permission.VERIFY_KEYS: gettext_lazy("Verify API keys for another gateway"),
    Permission.MANAGE_WEBHOOKS: gettext_lazy("See and manage webhooks"),
    Permission.MANAGE_BILLING_CONTACTS: gettext_lazy("See and manage billing contacts"),
    Permission.VIEW_BILLING: gettext_lazy("See credit, invoices and payments"),
    Permission.MANAGE_BILLING: gettext_lazy("Set spend caps and auto-recharge, ask for invoices and refunds"),
    Permission.VIEW_USAGE: gettext_lazy("See usage and its cost"),
    Permission.REPORT_USAGE: gettext_lazy("Report usage of another gateway"),
    Permission.OPEN_CONTENT: gettext_lazy("Open prompts and answers that are kept"),
    Permission.VIEW_AUDIT_LOG: gettext_lazy("Read the audit log"),
    Permission.DATA_ACCESS: gettext_lazy("Read who opened sealed data"),
    Permission.MANAGE_ADMIN_KEYS: gettext_lazy("See and revoke admin keys"),
}

# What another gateway asks and tells under /control/v1, and the admin API never does.
OF_GATEWAYS = frozenset({Permission.VERIFY_KEYS, Permission.REPORT_USAGE})

# What a key can't be taken to hold because nobody said otherwise: it must be named.
NAMED_ALONE = frozenset({Permission.DELETE_ORGANIZATION, Permission.OPEN_CONTENT, *OF_GATEWAYS})


def by_resource(scopes: Iterable[Permission]) -> dict[str, str]:
    """Return the scopes as an audit event tells them: the verbs of each resource."""
    verbs: dict[str, list[str]] = {}
    for scope in scopes:
        resource, _, verb = scope.value.partition(":")
        verbs.setdefault(resource, []).append(verb)
    return {resource: ",".join(sorted(found)) for resource, found in sorted(verbs.items())}
