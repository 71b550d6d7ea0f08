"""The audit log and its files, for owners and admins. All of its state stands in the URL."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import directory
from accounts.membership import Acting
from accounts.policy import Permission
from ledger.history import MOST_UNLISTED, History, Page, Standing
from ledger.models import Action
from trust import checkpoint
from trust.audit import rows, search
from trust.audit.conditions import NotFound, condition
from trust.audit.export import FORMATS
from trust.audit.search import Search
from trust.audit.targets import Names
from trust.audit.words import WORDS, tag

PAGE_SIZE = 50
_MOST_MEMBERS = 100_000
_NOT_YOURS = gettext_lazy("Only owners and admins of the organization see its audit log. Ask one of them.")
_PICKED = ("action", "actor", "project", "since")
_ACTORS = {
    "": gettext_lazy("Anybody"),
    "me": gettext_lazy("You"),
    "member": gettext_lazy("Members"),
    "key": gettext_lazy("API keys"),
    "operator": gettext_lazy("Operators at the server"),
    "staff": gettext_lazy("Support staff"),
    "system": gettext_lazy("The system"),
}
_SINCE = {
    1: gettext_lazy("Last 24 hours"),
    7: gettext_lazy("Last 7 days"),
    30: gettext_lazy("Last 30 days"),
    90: gettext_lazy("Last 90 days"),
}
_EXAMPLES = ("actor:me", "action:key", "action:member", "actor:operator")
_SUBJECTS = {
    "key": gettext_lazy("API keys"),
    "member": gettext_lazy("Members"),
    "project": gettext_lazy("Projects"),
    "organization": gettext_lazy("Organization"),
    "security": gettext_lazy("Security rules"),
    "webhook": gettext_lazy("Webhooks"),
    "billing-contact": gettext_lazy("Billing contacts"),
}


@require_safe
def log(request: HttpRequest, organization: str) -> HttpResponse:
    acting = _acting(request, organization)
    picked = {name: request.GET[f"pick-{name}"] for name in _PICKED if f"pick-{name}" in request.GET}
    if picked:
        text = request.GET.get("q", "")
        for name, value in picked.items():
            text = search.with_value(text, name, value)
        return redirect(_url("audit:log", organization, q=text))
    return _page(request, acting, {})


@require_http_methods(["GET", "HEAD", "POST"])
def names(request: HttpRequest, organization: str) -> HttpResponse:
    """Show the same page with the names of members: the directory opens for it, and that is recorded."""
    acting = _acting(request, organization)
    if request.method != "POST":
        return redirect(_url("audit:log", organization, **request.GET.dict()))
    entries = directory.search(acting.actor, organization=acting.organization, text="", most=_MOST_MEMBERS)
    return _page(request, acting, {entry.user_id: entry.name or entry.email for entry in entries})


@require_safe
def export(request: HttpRequest, organization: str, form: str) -> HttpResponseBase:
    acting = _acting(request, organization)
    if (wanted := FORMATS.get(form)) is None:
        raise Http404
    asked = search.read(request.GET.get("q", ""))
    history, faults = _history(acting, asked)
    if faults:
        return redirect(_url("audit:log", organization, q=request.GET.get("q", "")))
    response = StreamingHttpResponse(wanted.lines(history.all()), content_type=wanted.content_type)
    name = f"{organization}-audit-log-{timezone.now():%Y-%m-%d}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _acting(request: HttpRequest, organization: str) -> Acting:
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.VIEW_AUDIT_LOG, _NOT_YOURS)
    return acting


def _history(acting: Acting, asked: Search) -> tuple[History, tuple[str, ...]]:
    """Return the events that were asked for, and what of it was not understood."""
    faults = asked.faults
    tenant = acting.organization.vault_tenant
    if not faults:
        try:
            return History(tenant, condition(asked, acting.organization, acting.actor)), ()
        except NotFound as error:
            faults = (str(error),)
    return History(tenant), faults


def _page(request: HttpRequest, acting: Acting, people: Names) -> HttpResponse:
    text = request.GET.get("q", "")
    asked = search.read(text)
    history, faults = _history(acting, asked)
    page = Page([], has_newer=False, has_older=False)
    if not faults:
        page = history.page(PAGE_SIZE, before=_cursor(request, "before"), after=_cursor(request, "after"))
    organization = acting.organization
    context: dict[str, Any] = {
        "q": text,
        "faults": faults,
        "days": rows.days(page.happenings, organization, acting.actor, people),
        "troubled": [each for each in page.happenings if not each.is_in_order],
        "unlisted_cut": sum(each.standing is Standing.UNLISTED for each in page.happenings) >= MOST_UNLISTED,
        "is_filtered": not asked.is_whole,
        "has_names": bool(people),
        "signed": checkpoint.signed(organization.vault_tenant, timezone.now()),
        "qualifiers": search.QUALIFIERS.items(),
        **_pickers(acting, asked),
        **_addresses(organization.slug, text, page, request),
    }
    is_part = request.headers.get("HX-Target") == "audit"
    template = "trust/audit.html#audit" if is_part else "trust/audit.html"
    response = render(request, template, context, status=422 if faults else 200)
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _cursor(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET[name]) if name in request.GET else None
    except ValueError:
        raise Http404 from None


def _url(name: str, organization: str, *args: str, **query: str) -> str:
    kept = {key: value for key, value in query.items() if value}
    return reverse(name, args=[organization, *args]) + (f"?{urlencode(kept)}" if kept else "")


def _addresses(slug: str, text: str, page: Page, request: HttpRequest) -> dict[str, Any]:
    here = {name: request.GET.get(name, "") for name in ("before", "after")}
    return {
        "newer_url": _url("audit:log", slug, q=text, after=str(page.newest)) if page.has_newer else "",
        "older_url": _url("audit:log", slug, q=text, before=str(page.oldest)) if page.has_older else "",
        "names_url": _url("audit:names", slug, q=text, **here),
        "exports": [
            {"title": each.title, "url": _url("audit:export", slug, form, q=text)} for form, each in FORMATS.items()
        ],
        "examples": [{"text": each, "url": _url("audit:log", slug, q=each)} for each in _EXAMPLES],
    }


def _pickers(acting: Acting, asked: Search) -> dict[str, Any]:
    today = timezone.now().date()
    since = {str(today - timedelta(days=days)): title for days, title in _SINCE.items()}
    projects = {each.slug: each.name for each in acting.organization.projects.all()}
    return {
        "pickers": [
            _picker("actor", _("By"), _ACTORS, asked),
            _picker("project", _("Project"), {"": _("All projects"), **projects}, asked),
            _picker("since", _("Since"), {"": _("Any time"), **since}, asked),
        ],
        "actions": _actions(search.value_of(asked, "action")),
    }


def _picker(name: str, title: str, options: Mapping[str, str | Promise], asked: Search) -> dict[str, Any]:
    chosen = search.value_of(asked, name)
    several = len(asked.values.get(name, ())) > 1
    known = options if chosen in options and not several else {chosen: chosen or _("Several"), **options}
    items = [{"value": value, "title": text, "selected": value == chosen} for value, text in known.items()]
    return {"name": name, "title": title, "items": items}


def _actions(chosen: str) -> list[dict[str, Any]]:
    """Return the actions to choose from: all of a subject, or one."""
    now = chosen.casefold().replace(":", ".")
    groups = []
    for subject, title in _SUBJECTS.items():
        tags = [tag(action) for action in WORDS if action in set(Action) and action.startswith(f"{subject}:")]
        items = [{"value": value, "selected": value == now} for value in (subject, *tags)]
        groups.append({"title": title, "items": items})
    return groups
