"""Who may do what with an organization itself."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.membership import Acting
from accounts.policy import Permission

_OWNERS = gettext_lazy("Only owners of the organization do this.")
_SENTENCES = {
    Permission.RENAME_ORGANIZATION: gettext_lazy("Only owners and admins rename the organization."),
    Permission.TRANSFER_OWNERSHIP: _OWNERS,
    Permission.DELETE_ORGANIZATION: _OWNERS,
}


def acting_for(request: HttpRequest, organization: str, permission: Permission | None = None) -> Acting:
    """Return who acts; Http404 in a foreign organization, PermissionDenied for a lower role."""
    acting = Acting.in_organization(request, organization)
    if permission is not None:
        acting.require(permission, _SENTENCES[permission])
    return acting
