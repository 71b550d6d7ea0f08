"""The usage page and its CSV. All of its state stands in the URL."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from accounts.membership import Acting
from accounts.models import Project
from accounts.policy import Permission
from keys.snippets import curl
from usage import csv_export
from usage.periods import DEFAULT, PRESETS, Period
from usage.queries import Group
from usage.report import CSV_HEADER, MEASURES, Report


class Selection:
    """What the URL asks for; anything unknown falls back to the default, an unseen project is not found."""

    def __init__(self, query: QueryDict, acting: Acting) -> None:
        self.preset = PRESETS.get(query.get("range", DEFAULT), PRESETS[DEFAULT])
        self.measure = MEASURES.get(query.get("metric", "spend"), MEASURES["spend"])
        group = query.get("group", "")
        self.group = Group(group) if group in set(Group) else Group.MODEL
        self.compare = query.get("compare") == "1"
        self.projects = list(acting.projects(Permission.VIEW_USAGE))
        self.project = self._project(query.get("project", ""))
        self.organization, self.limits = acting.organization, acting.limits(Permission.VIEW_USAGE)

    def _project(self, slug: str) -> Project | None:
        if not slug:
            return None
        found = next((project for project in self.projects if project.slug == slug), None)
        if found is None:
            raise Http404
        return found

    def report(self) -> Report:
        return Report(
            self.organization.pk,
            period=Period.ending(self.preset, timezone.now()),
            measure=self.measure,
            group=self.group,
            projects=[self.project.pk] if self.project else self.limits,
            compare=self.compare,
        )

    def url(self, name: str = "usage:report", **changes: str) -> str:
        query = {
            "range": self.preset.id,
            "metric": self.measure.id,
            "group": self.group.value,
            "project": self.project.slug if self.project else "",
            "compare": "1" if self.compare else "",
        } | changes
        path = reverse(name, args=[self.organization.slug])
        return f"{path}?{urlencode({key: value for key, value in query.items() if value})}"


@require_GET
def report(request: HttpRequest, organization: str) -> HttpResponse:
    selection = _selection(request, organization)
    found = selection.report()
    if request.GET.get("version") == found.version:
        return HttpResponse(status=204)
    is_part = request.headers.get("HX-Target") in {"report", "live"}
    template = "usage/report.html#report" if is_part else "usage/report.html"
    response = render(request, template, _context(selection, found))
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


@require_GET
def export(request: HttpRequest, organization: str) -> HttpResponse:
    selection = _selection(request, organization)
    with translation.override(settings.LANGUAGE_CODE):  # programs read it
        text = csv_export.write(CSV_HEADER, selection.report().csv_rows())
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="usage-{selection.preset.id}-by-{selection.group}.csv"'
    return response


def _selection(request: HttpRequest, organization: str) -> Selection:
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.VIEW_USAGE)
    return Selection(request.GET, acting)


def _context(selection: Selection, found: Report) -> dict[str, Any]:
    return {
        "ranges": [
            {
                "id": p.id,
                "label": p.id,
                "title": p.title,
                "url": selection.url(range=p.id),
                "current": p is selection.preset,
            }
            for p in PRESETS.values()
        ],
        "metrics": [{"id": m.id, "label": m.title, "selected": m is selection.measure} for m in MEASURES.values()],
        "groups": [
            {"id": g.value, "label": g.heading, "noun": g.noun, "selected": g is selection.group} for g in Group
        ],
        "compare": selection.compare,
        "projects": [{"slug": p.slug, "name": p.name, "selected": p == selection.project} for p in selection.projects],
        "updated_at": timezone.now(),
        "version": found.version,
        "kpis": found.kpis(),
        "chart": found.chart(),
        "rows": found.rows(),
        "totals": found.total(),
        "empty": found.is_empty,
        "snippet": curl("$LLAMA_API_KEY", selection.organization),
    }
