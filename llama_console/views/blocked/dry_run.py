"""A dry run: what another limit would have done to last week's calls, before anybody sets it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.membership import Acting
from accounts.policy import Permission
from catalog.models import Model
from keys.models import ApiKey
from llama_console.views.blocked.forms import DryRunForm
from usage import figures
from usage.dry_run import MOST, Result, Subject, Tried, dry_run

_MOST_KEYS = 200  # that the form offers, the newest


@require_safe
def page(request: HttpRequest, organization: str) -> HttpResponse:
    """All of its state stands in the address. A subject that somebody does not see is no choice."""
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.VIEW_USAGE)
    subjects = _subjects(acting)
    models = [(model.name, model.title) for model in Model.objects.filter(is_served=True)]
    form = DryRunForm(request.GET if "tried" in request.GET else None, subjects=_grouped(subjects), models=models)
    context: dict[str, Any] = {"form": form, "most": figures.exact(MOST)}
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        found = {value: subject for _group, value, _label, subject in subjects}[data["subject"]]
        subject = Subject(found.organization_id, found.project_id, found.key_id, data["model"])
        context["result"] = shown(dry_run(subject, Tried(data["tried"]), data["most"], timezone.now()))
    return render(request, "blocked/dry_run.html", context, status=422 if form.is_bound and form.errors else 200)


def shown(result: Result) -> dict[str, Any]:
    share = 100 * result.refused / result.calls if result.calls else 0.0
    return {
        "result": result,
        "calls": figures.exact(result.calls),
        "refused": figures.exact(result.refused),
        "share": figures.percent(share, 2),
        "worst": figures.exact(result.worst),
    }


_Choice = tuple[str, str, str, Subject]


def _subjects(acting: Acting) -> list[_Choice]:
    """Return what somebody may look at: of each its group, its value, its name and whose calls they are."""
    organization = acting.organization
    sees_all = acting.limits(Permission.VIEW_USAGE) is None
    whole = [("", "organization", organization.name, Subject(organization.pk))] if sees_all else []
    projects = [
        (_("Projects"), f"project:{project.slug}", project.name, Subject(organization.pk, project.pk))
        for project in acting.projects(Permission.VIEW_USAGE)
    ]
    keys = [
        (_("API keys"), f"key:{key.pk}", f"{key.name} {key.hint}", Subject(organization.pk, key.project_id, key.pk))
        for key in _keys(acting)
    ]
    return [*whole, *projects, *keys]


def _keys(acting: Acting) -> list[ApiKey]:
    return list(ApiKey.objects.visible_to(acting).filter(revoked_at=None).order_by("-pk")[:_MOST_KEYS])


def _grouped(subjects: list[_Choice]) -> list[tuple[str, Any]]:
    """Return the choices as a select shows them, those of a group under its title."""
    grouped: list[tuple[str, Any]] = []
    for group, value, label, _subject in subjects:
        if not group:
            grouped.append((value, label))
        elif grouped and grouped[-1][0] == group:
            grouped[-1][1].append((value, label))
        else:
            grouped.append((group, [(value, label)]))
    return grouped
