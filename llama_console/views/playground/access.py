"""Who may call models from the playground, and in which projects."""

from django.http import HttpRequest

from accounts.membership import Acting
from accounts.models.project import ProjectQuerySet
from accounts.policy import Permission


def playing(request: HttpRequest, organization: str) -> Acting:
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.USE_PLAYGROUND)
    return acting


def open_projects(acting: Acting) -> ProjectQuerySet:
    return acting.projects(Permission.USE_PLAYGROUND).active()
