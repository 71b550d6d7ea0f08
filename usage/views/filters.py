"""The form of the filters: loaded into the usage page when it is opened, and a page of its own without script."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from catalog.models import Model
from usage.views.selection import FILTERS, STATUSES, Selection

_MOST = 200  # choices of a filter; what is chosen is always among them


@require_GET
def filters(request: HttpRequest, organization: str) -> HttpResponse:
    selection = Selection.of(request, organization)
    is_part = request.headers.get("HX-Target") == "filters-form"
    context = {
        "fields": _fields(selection),
        "inputs": selection.inputs(*FILTERS),
        "clear_url": selection.unfiltered_url if selection.is_filtered else "",
        "is_part": is_part,
    }
    response = render(request, "usage/filters.html#form" if is_part else "usage/filters.html", context)
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _fields(selection: Selection) -> list[dict[str, Any]]:
    projects = [(each.slug, each.name) for each in selection.visible_projects]
    keys = [(str(each.pk), f"{each.name} {each.hint}") for each in selection.visible_keys.only("name", "tail")]
    models = list(Model.objects.order_by("title", "name").values_list("name", "title"))
    known = {name for name, _title in models}
    models += [(name, name) for name in selection.models if name not in known]
    words = {"2xx": _("2xx, answered"), "4xx": _("4xx, refused or left"), "5xx": _("5xx, failed")}
    return [
        _field(selection, "project", _("Project"), projects),
        _field(selection, "model", _("Model"), models),
        _field(selection, "key", _("API key"), keys),
        _field(selection, "status", _("Status"), [(each, words[each]) for each in STATUSES]),
    ]


def _field(selection: Selection, name: str, title: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
    chosen = set(selection.state[name])
    first = sorted(choices, key=lambda choice: choice[0] not in chosen)[:_MOST] if len(choices) > _MOST else choices
    items = [{"value": value, "title": text, "chosen": value in chosen} for value, text in first]
    return {"name": name, "title": title, "items": items, "more": len(choices) - len(first)}
