"""Whose keys a page shows, and what its reader may do with them."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.membership import Acting
from accounts.models import Project
from accounts.models.project import ProjectQuerySet
from accounts.policy import Permission, givable_scopes
from keys.models import ApiKey, ServiceAccount
from keys.models.service_account import ServiceAccountQuerySet


def acting_for(request: HttpRequest, organization: str) -> Acting:
    return Acting.in_organization(request, organization)


def shown_key(request: HttpRequest, organization: str, key_id: UUID) -> tuple[Acting, ApiKey]:
    """Return who acts and a key that they may see; Http404 for any other."""
    acting = acting_for(request, organization)
    acting.require(Permission.VIEW_KEYS)
    return acting, _visible(acting, key_id)


def managed_key(request: HttpRequest, organization: str, key_id: UUID) -> tuple[Acting, ApiKey]:
    """Return who acts and a key that they may manage.

    Http404 for one that they don't see, PermissionDenied for a lower role.
    """
    acting = acting_for(request, organization)
    acting.require(Permission.MANAGE_KEYS)
    key = _visible(acting, key_id)
    acting.require(Permission.MANAGE_KEYS, project=key.project)
    return acting, key


def open_projects(acting: Acting) -> ProjectQuerySet:
    """Return the projects in which keys can be made."""
    return acting.projects(Permission.MANAGE_KEYS).active()


def givable(acting: Acting, project: Project | None = None) -> frozenset[str]:
    """Return the scopes that somebody may give: in a project, or in any."""
    if project:
        return givable_scopes(acting.access, project.pk)
    limits = acting.limits(Permission.MANAGE_KEYS)
    places = [acting.organization.pk] if limits is None else limits
    return frozenset().union(*(givable_scopes(acting.access, pk) for pk in places))


def open_accounts(acting: Acting) -> ServiceAccountQuerySet:
    """Return the service accounts that keys can be made for."""
    return ServiceAccount.objects.active().filter(project__in=open_projects(acting))


def _visible(acting: Acting, key_id: UUID) -> ApiKey:
    keys = ApiKey.objects.visible_to(acting).select_related("project__organization", "service_account")
    return get_object_or_404(keys, pk=key_id)
