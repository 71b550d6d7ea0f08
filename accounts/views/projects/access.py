"""Who may see and change projects."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.membership import Acting
from accounts.models import Project
from accounts.policy import Permission


def acting_for(request: HttpRequest, organization: str) -> Acting:
    return Acting.in_organization(request, organization)


def require_manager(acting: Acting) -> None:
    acting.require(Permission.MANAGE_PROJECTS, _("Only owners and admins manage projects."))


def project_for(acting: Acting, slug: str) -> Project:
    """Return a project that the member sees; Http404 for any other just as for a missing one."""
    return get_object_or_404(acting.projects(), slug=slug)
