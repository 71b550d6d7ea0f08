"""The data-access page and its CSV, for owners and admins. All of its state stands in the URL.

A person's own page is made of the same parts; see own.py.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.membership import Acting
from accounts.policy import Permission
from trust import checkpoint, rosette, transcript
from trust.purposes import HEADINGS, PURPOSES, Group
from trust.report import Report
from trust.rows import CSV_HEADER
from trust.selection import KINDS, RANGES, Selection
from trust.verifier import verifier
from trust.whose import organizations
from usage import csv_export

_NOT_YOURS = gettext_lazy("Only owners and admins of the organization see who opened its data. Ask one of them.")


@require_safe
def data_access(request: HttpRequest, organization: str) -> HttpResponse:
    return page(request, _report(request, organization))


@require_safe
def export(request: HttpRequest, organization: str) -> StreamingHttpResponse:
    return csv(_report(request, organization))


def page(request: HttpRequest, report: Report) -> HttpResponse:
    is_part = request.headers.get("HX-Target") == "access"
    template = "trust/data_access.html#access" if is_part else "trust/data_access.html"
    response = render(request, template, _context(report, request.GET.get("page")))
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def csv(report: Report) -> StreamingHttpResponse:
    lines = csv_export.lines(CSV_HEADER, report.csv_rows())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    selection = report.selection
    name = f"data-access-{selection.preset.id}-{selection.kind.id}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def acting_for(request: HttpRequest, organization: str) -> Acting:
    """Return the membership of somebody who may see data access."""
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.DATA_ACCESS, _NOT_YOURS)
    return acting


def _report(request: HttpRequest, organization: str) -> Report:
    acting = acting_for(request, organization)
    selection = Selection(request.GET, organizations(acting.organization.slug))
    return Report(acting.organization.vault_tenant, selection, acting.actor, timezone.now())


def _context(report: Report, number: str | None) -> dict[str, Any]:
    page, whose = report.page(number), report.selection.whose
    newest = checkpoint.signed(report.tenant, timezone.now())
    return {
        "report": report,
        "selection": report.selection,
        "page": page,
        "rows": report.rows(page),
        "people": report.by(Group.PERSON),
        "systems": report.by(Group.SYSTEM),
        "others": report.by(Group.OTHER),
        "members": report.members(),
        "checkpoint": newest,
        "transcript": transcript.expected(report.tenant, newest) if newest and newest.covered and newest.root else [],
        "verifier": verifier(),
        "bundle_name": bundle_name(whose.file),
        "words": whose.words,
        "rosette": rosette,
        **_filters(report),
        **_addresses(report.selection),
    }


def bundle_name(file: str) -> str:
    return f"{file}-ledger-{timezone.now():%Y-%m-%d}.json"


def _filters(report: Report) -> dict[str, Any]:
    selection = report.selection
    groups = [group for group in _ORDER if group is not Group.OTHER or report.by(group) or selection.group is group]
    return {
        "ranges": [
            {"id": p.id, "title": p.title, "url": selection.url(range=p.id), "current": p is selection.preset}
            for p in RANGES.values()
        ],
        "kinds": [{"id": k.id, "title": k.title, "selected": k is selection.kind} for k in KINDS.values()],
        "groups": [
            {"id": g.value, "title": _title(selection, g, _BY), "selected": g is selection.group} for g in groups
        ],
        "purposes": [
            {
                "title": _title(selection, group, HEADINGS),
                "items": [
                    {"id": p.id, "name": p.name, "selected": p is selection.purpose}
                    for p in PURPOSES
                    if p.group is group
                ],
            }
            for group in (Group.PERSON, Group.SYSTEM, Group.MEMBERS)
        ],
    }


_ORDER = (Group.PERSON, Group.SYSTEM, Group.OTHER, Group.MEMBERS)
_BY = {
    Group.PERSON: gettext_lazy("A person"),
    Group.SYSTEM: gettext_lazy("A system"),
    Group.OTHER: gettext_lazy("Somebody else"),
}


def _title(selection: Selection, group: Group, titles: Mapping[Group, Promise]) -> str:
    return str(selection.whose.words.members if group is Group.MEMBERS else titles[group])


def _addresses(selection: Selection) -> dict[str, str]:
    every = {"purpose": "", "by": "", "show": ""}
    return {
        "csv_url": selection.url("export"),
        "access_url": selection.whose.url("data_access"),
        "bundle_url": selection.whose.url("bundle"),
        "verifier_url": selection.whose.url("verifier"),
        "all_url": selection.url(**every),
        "members_url": selection.url(**every | {"by": Group.MEMBERS.value}),
        "refusals_url": selection.url(**every | {"show": "refusals"}),
    }
