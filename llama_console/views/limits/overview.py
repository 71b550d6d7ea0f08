"""Models & limits: what the organization reaches, and what holds calls back, with how it stands right now."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.membership import Acting
from accounts.models import Project
from accounts.policy import Permission
from catalog.data_policy import DataPolicy
from catalog.known import KNOWN
from catalog.models import Model
from catalog.price_list import price_list
from keys.models import ApiKey
from llama_console.gateway_counters import live_counters
from llama_console.views.limits.policies import WORDS
from llama_console.views.limits.standing import Holder, fill
from usage import figures

_MOST = 50  # projects, and keys, that the page lists
counters = live_counters


@require_safe
def overview(request: HttpRequest, organization: str) -> HttpResponse:
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.VIEW_USAGE)
    whole, projects, keys = _organization(acting), _projects(acting), _keys(acting)
    answered = fill([*([whole] if whole else []), *projects, *keys], counters, timezone.now())
    context = {
        "models": _models(acting),
        "whole": whole,
        "projects": projects,
        "more_projects": max(0, acting.projects(Permission.VIEW_USAGE).active().count() - _MOST)
        if len(projects) == _MOST
        else 0,
        "keys": [key for key in keys if key.lines],
        "answered": answered,
        "can_switch": acting.may(Permission.MANAGE_SECURITY),
        "blocked": [WORDS[policy].title for policy in DataPolicy if policy in acting.organization.blocked_policies],
    }
    return render(request, "limits/overview.html", context)


def _models(acting: Acting) -> list[dict[str, Any]]:
    blocked = acting.organization.blocked_policies
    return [
        {
            "model": priced.model,
            "price": priced.current.price if priced.current else None,
            "context": _context(priced.model.name),
            "policy": WORDS[DataPolicy(priced.model.policy)],
            "is_blocked": priced.model.policy in blocked,
        }
        for priced in price_list(Model.objects.filter(is_served=True), timezone.now())
    ]


def _context(model: str) -> str:
    known = KNOWN.get(model)
    return figures.exact(known.context) if known else ""


def _organization(acting: Acting) -> Holder | None:
    """Return the organization for who sees all of its usage: its counters tell of other projects, too."""
    if acting.limits(Permission.VIEW_USAGE) is not None:
        return None
    organization = acting.organization
    url = reverse("limits:overview", args=[organization.slug]) + "organization/"
    return Holder(organization.pk, organization.name, edit_url=_link(acting, url))


def _projects(acting: Acting) -> list[Holder]:
    found = acting.projects(Permission.VIEW_USAGE).active()[:_MOST]
    return [Holder(project.pk, project.name, edit_url=_project_url(acting, project)) for project in found]


def _project_url(acting: Acting, project: Project) -> str:
    url = reverse("projects:project", args=[acting.organization.slug, project.slug])
    return _link(acting, f"{url}limits/")


def _keys(acting: Acting) -> list[Holder]:
    own = ApiKey.objects.visible_to(acting).active().filter(created_by=acting.user).select_related("project")
    found: dict[UUID, Holder] = {}
    for key in own.order_by("-pk")[:_MOST]:
        hint, edit_url = f"{key.hint} · {key.project.name}", _key_url(acting, key)
        # Keys of one line share their limits: the newest stands for those that it replaces.
        found.setdefault(key.subject_id, Holder(key.subject_id, key.name, hint=hint, edit_url=edit_url))
    return list(found.values())


def _key_url(acting: Acting, key: ApiKey) -> str:
    may = acting.may(Permission.MANAGE_KEYS, key.project)
    return reverse("keys:change", args=[acting.organization.slug, key.pk]) if may else ""


def _link(acting: Acting, path: str) -> str:
    """Return the address of a form for who may change limits, and nothing for everybody else."""
    if not acting.may(Permission.MANAGE_LIMITS):
        return ""
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path
