"""The usage page and its CSV."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keys.snippets import curl
from usage import csv_export
from usage.chart import OTHER
from usage.measures import MEASURES
from usage.periods import DEFAULT, PRESETS, Period
from usage.queries import Group
from usage.ranges import Range
from usage.report import Report
from usage.table import Row
from usage.views.budgets import budget_lines
from usage.views.names import members_of
from usage.views.selection import Selection

_NO_ENDS = {"from": "", "to": "", "step": ""}
_WHOLE_DAYS = {"day", "month"}  # steps


@require_GET
def report(request: HttpRequest, organization: str) -> HttpResponse:
    selection = Selection.of(request, organization)
    context, status = _choices(selection), 422
    if selection.range:
        found, status = _report(selection, selection.range), 200
        if request.GET.get("version") == found.version:
            return HttpResponse(status=204)
        context |= _figures(selection, selection.range, found)
    is_part = request.headers.get("HX-Target") in {"report", "live"}
    template = "usage/report.html#report" if is_part else "usage/report.html"
    return _guarded(selection, render(request, template, context, status=status))


@require_GET
def export(request: HttpRequest, organization: str) -> HttpResponse:
    selection = Selection.of(request, organization)
    if selection.range is None:
        return HttpResponse(selection.fault, content_type="text/plain; charset=utf-8", status=422)
    with translation.override(settings.LANGUAGE_CODE):  # programs read it
        found = _report(selection, selection.range)
        text = csv_export.write(found.csv_header(), found.csv_rows())
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(selection, selection.range)}"'
    return _guarded(selection, response)


def _file_name(selection: Selection, shown: Range) -> str:
    period = shown.period
    span = shown.preset.id if shown.preset else f"{period.start:%Y%m%dT%H%M}-{period.end:%Y%m%dT%H%M}"
    return f"usage-{span}-by-{selection.group}.csv"


def _guarded(selection: Selection, response: HttpResponse) -> HttpResponse:
    """No cache keeps the names of members."""
    if selection.group is Group.MEMBER:
        add_never_cache_headers(response)
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _report(selection: Selection, shown: Range) -> Report:
    return Report(
        selection.organization.pk,
        period=shown.period,
        measure=selection.measure,
        group=selection.group,
        where=selection.where,
        compare=selection.compare,
        members=members_of(selection.acting) if selection.group is Group.MEMBER else None,
        hidden=selection.hidden,
        has_before=shown.has_before(selection.now),
    )


def _choices(selection: Selection) -> dict[str, Any]:
    """Return what there is to choose from, and what is chosen."""
    shown = selection.range
    return {
        "selection": selection,
        "fault": selection.fault,
        "ranges": [
            {
                "id": preset.id,
                "title": preset.title,
                "url": selection.url({"range": preset.id, **_NO_ENDS}),
                "current": shown is not None and preset is shown.preset,
            }
            for preset in PRESETS.values()
        ],
        "whole_url": selection.url({"range": DEFAULT, **_NO_ENDS}) if selection.is_custom else "",
        "steps": [{"id": step.id, "title": step.title, "selected": step is shown.period.step} for step in shown.steps]
        if shown
        else [],
        "ends": _ends(selection),
        "metrics": [{"id": m.id, "label": m.title, "selected": m is selection.measure} for m in MEASURES.values()],
        "groups": [{"id": g.value, "label": g.heading, "selected": g is selection.group} for g in Group],
        "group": selection.group,
        "choice_inputs": selection.inputs("metric", "group", "step", "compare"),
        "range_inputs": selection.inputs("range", "from", "to", "step"),
        "chips": _chips(selection),
        "updated_at": timezone.now(),
        "export_url": selection.url(name="usage:export") if shown else "",
        "filters_url": selection.url(name="usage:filters"),
        "views_url": selection.url(name="usage:views"),
    }


def _ends(selection: Selection) -> dict[str, str]:
    """Return both ends as they were asked for, or those of the preset: what the form of a custom range begins with."""
    state = selection.state
    if selection.is_custom or selection.range is None:
        return {"from": str(state.get("from", "")), "to": str(state.get("to", ""))}
    period = selection.range.period
    return {"from": f"{period.start:%Y-%m-%dT%H:%M}", "to": f"{period.end:%Y-%m-%dT%H:%M}"}


def _chips(selection: Selection) -> list[dict[str, str]]:
    """Return the filters in force, each with the address without it."""
    found = [("project", project.slug, project.name) for project in selection.projects]
    found += [("model", model, model) for model in selection.models]
    found += [("key", str(key.pk), f"{key.name} {key.hint}") for key in selection.keys]
    found += [("status", status, status) for status in selection.statuses]
    return [{"name": name, "url": selection.without(kind, value)} for kind, value, name in found]


def _figures(selection: Selection, shown: Range, found: Report) -> dict[str, Any]:
    chart = found.chart([] if found.is_empty else budget_lines(selection))
    is_new = found.is_empty and not selection.is_filtered
    return {
        "span": _span(shown.period),
        "version": found.version,
        "kpis": found.kpis(),
        "chart": chart,
        "is_compared": selection.compare and shown.has_before(selection.now),
        "legend": [
            {"id": series.id, "name": series.name, "shown": is_shown, "url": _toggle(selection, series.key, is_shown)}
            for series, is_shown in found.legend
        ],
        "rows": [(row, _closer(selection, row)) for row in found.rows()],
        "totals": found.total(),
        "is_duration": selection.measure.is_duration,
        "empty": found.is_empty,
        "snippet": curl("$LLAMA_API_KEY", selection.organization) if is_new else "",
        "clear_url": selection.unfiltered_url,
    }


def _toggle(selection: Selection, key: str, is_shown: bool) -> str:
    rest = [each for each in selection.hidden if each != key]
    return selection.url({"hide": [*rest, key] if is_shown else rest})


def _closer(selection: Selection, row: Row) -> str:
    """Return the address that shows a line alone; "" for what is no one thing, or shown alone already."""
    group = selection.group
    value = row.hint if group is Group.PROJECT else row.key
    is_one = row.key != OTHER and (row.hint or group is Group.MODEL)
    if group is Group.MEMBER or not is_one or selection.state[group.value] == [value]:
        return ""
    return selection.url({"hide": [], group.value: [value]})


def _span(period: Period) -> dict[str, str]:
    """Return the first and the last step in words."""
    form = _("M j, Y") if period.step.id in _WHOLE_DAYS else _("M j, Y, H:i")
    first, last = date_format(period.start, form), date_format(period.buckets[-1], form)
    return {"first": first, "last": last, "step": str(period.step.title)}
