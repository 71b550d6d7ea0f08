"""The request log: the calls of an organization, or of the projects that one may see, and their metadata as files."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts.membership import Acting
from accounts.policy import Permission
from keys.snippets import curl
from llama_console.views.requests.rows import rows
from llama_console.views.requests.selection import RANGES, Selection
from trust.requests.files import FORMATS, as_dict
from trust.requests.page import find_page
from usage import log

PAGE_SIZE = 50


@require_safe
def request_list(request: HttpRequest, organization: str) -> HttpResponse:
    selection = _selection(request, organization)
    if selection.id:
        return redirect("requests:one", organization, selection.id)
    found = find_page(
        selection.wanted,
        selection.retention,
        timezone.now(),
        before=selection.before,
        size=PAGE_SIZE,
        kept=selection.only == "kept",
    )
    names, keys = _names(selection)
    base = reverse("requests:list", args=[organization])
    following = found.page.following
    is_empty = not (found.page.events or selection.is_filtered or selection.before or _any(selection))
    context: dict[str, Any] = {
        "selection": selection,
        "rows": rows(found.page.events, found.kept, names, keys, base),
        "older_url": selection.url(before=str(following)) if following else "",
        "newest_url": selection.url() if selection.before else "",
        "period": RANGES[str(selection.range)][0],
        "is_empty": is_empty,
        "sees_all": selection.acting.limits(Permission.VIEW_USAGE) is None,
        "ranges": [
            {"id": name, "title": title, "url": selection.url(range=name), "current": name == selection.range}
            for name, (title, _) in RANGES.items()
        ],
        "pickers": selection.pickers(),
        "exports": [
            {"title": form.title, "url": selection.url("requests:export", name)} for name, form in FORMATS.items()
        ],
        "snippet": curl("$LLAMA_API_KEY", selection.acting.organization) if is_empty else "",
    }
    is_part = request.headers.get("HX-Target") == "requests"
    template = "requests/list.html#requests" if is_part else "requests/list.html"
    answer = render(request, template, context, status=422 if selection.has_bad_id else 200)
    answer["Vary"] = "HX-Request, HX-Target, Cookie"
    return answer


@require_safe
def export(request: HttpRequest, organization: str, form: str) -> HttpResponseBase:
    """Stream the metadata of what the filters leave; where only kept calls are shown, of all."""
    selection, kind = _selection(request, organization), FORMATS.get(form)
    if kind is None:
        raise Http404
    names, keys = _names(selection)
    with translation.override(settings.LANGUAGE_CODE):  # programs read it
        lines = kind.lines(as_dict(event, names, keys) for event in log.everything(selection.wanted))
    answer = StreamingHttpResponse(lines, content_type=kind.content_type)
    file = f"{organization}-requests-{selection.range}-{timezone.now():%Y-%m-%d}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{file}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _selection(request: HttpRequest, organization: str) -> Selection:
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.VIEW_USAGE)
    return Selection(request.GET, acting, timezone.now())


def _names(selection: Selection) -> tuple[dict[Any, str], dict[Any, str]]:
    return {each.pk: each.name for each in selection.projects}, {key.pk: key.name for key in selection.named}


def _any(selection: Selection) -> bool:
    """Tell whether there was a call at any time."""
    whole = log.Wanted(selection.acting.organization.pk, projects=selection.wanted.projects)
    return bool(log.page(whole, before=None, size=1).events)
