"""Keys: the list, and making one. The secret leaves in the answer to the POST and never again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.membership import Acting
from accounts.models.project import ProjectQuerySet
from accounts.policy import Permission
from accounts.step_up import is_recent, recent_sign_in_required
from catalog.money import dollars
from keys.actions import issue_key
from keys.forms import KeyForm
from keys.models import ApiKey
from keys.snippets import curl, snippets
from usage import figures
from usage.models import HourlyUsage
from usage.queries import by_key
from usage.sums import Sums

_PAGE = 50
_STATES = {
    "all": (gettext_lazy("All"), Q()),
    "active": (gettext_lazy("Active"), Q(revoked_at=None)),
    "revoked": (gettext_lazy("Revoked"), ~Q(revoked_at=None)),
}


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as the list shows it."""

    id: UUID
    name: str
    hint: str
    project: str
    created_at: datetime
    last_used: str  # to the hour
    requests: str
    spend: str
    active: bool
    revoked_at: datetime | None
    revoke_url: str  # empty for who may not


@require_GET
def key_list(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    acting.require(Permission.VIEW_KEYS)
    every = ApiKey.objects.visible_to(acting)
    state = request.GET.get("state", "all") if request.GET.get("state") in _STATES else "all"
    query, project = request.GET.get("q", "").strip()[:80], request.GET.get("project", "")
    found = every.filter(_STATES[state][1], Q(name__icontains=query) | Q(tail=query))
    found = found.filter(project__slug=project) if project else found
    page = Paginator(found.select_related("project").order_by("-pk"), _PAGE).get_page(request.GET.get("page"))
    context = {
        "keys": _rows(acting, list(page)),
        "counts": _counts(every, organization, state),
        "q": query,
        "projects": [
            {"slug": each.slug, "name": each.name, "selected": each.slug == project}
            for each in acting.projects(Permission.VIEW_KEYS)
        ],
        "can_manage": acting.may(Permission.MANAGE_KEYS),
        "any_keys": every.exists(),
        "form": KeyForm(projects=_open(acting)),
        "dialog": "create" if is_recent(request) else "",
        "snippet": curl("$LLAMA_API_KEY"),
        "page": page,
    }
    return render(request, "keys/list.html", context)


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    acting.require(Permission.MANAGE_KEYS)
    form = KeyForm(request.POST or None, projects=_open(acting))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            key, secret = issue_key(
                acting.actor, project=data["project"], name=data["name"], creator=acting.user, key_id=data["once"]
            )
        except IntegrityError:
            messages.warning(
                request, _("This key was made before. Its secret was shown then; make another one if it is lost.")
            )
            return redirect("keys:list", organization)
        return render(request, "keys/created.html", {"key": key, "secret": secret, "snippets": snippets(secret)})
    return render(request, "keys/create.html", {"form": form}, status=422 if form.is_bound else 200)


def last_used_text(hour: datetime | None, now: datetime) -> str:
    """Say when a key was last used, as exactly as the hourly rollup knows it."""
    if hour is None:
        return _("Never")
    hours = int((now - hour).total_seconds() // 3600)
    if hours < 1:
        return _("This hour")
    if hours < 48:
        return _("%(hours)s h ago") % {"hours": hours}
    return ngettext("%(count)s day ago", "%(count)s days ago", hours // 24) % {"count": hours // 24}


def acting_for(request: HttpRequest, organization: str) -> Acting:
    return Acting.in_organization(request, organization)


def _open(acting: Acting) -> ProjectQuerySet:
    """Return the projects in which keys can be made."""
    return acting.projects(Permission.MANAGE_KEYS).active()


def _counts(every: QuerySet[ApiKey], organization: str, state: str) -> list[dict[str, Any]]:
    numbers = every.aggregate(**{name: Count("pk", filter=where) for name, (_, where) in _STATES.items()})
    path = reverse("keys:list", args=[organization])
    return [
        {
            "id": name,
            "name": title,
            "n": numbers[name],
            "url": f"{path}?{urlencode({'state': name})}",
            "current": name == state,
        }
        for name, (title, _) in _STATES.items()
    ]


def _rows(acting: Acting, keys: list[ApiKey]) -> list[KeyRow]:
    month = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = by_key(acting.organization.pk, month)
    used = HourlyUsage.objects.filter(organization_id=acting.organization.pk, key_id__in=[key.pk for key in keys])
    last_used = dict(used.values_list("key_id").annotate(Max("hour")).order_by())
    return [_row(acting, key, spent.get(key.pk, Sums()), last_used.get(key.pk)) for key in keys]


def _requests(number: int) -> str:
    return ngettext("%(requests)s request", "%(requests)s requests", number) % {"requests": figures.count(number)}


def _row(acting: Acting, key: ApiKey, spent: Sums, last_used: datetime | None) -> KeyRow:
    can_revoke = acting.may(Permission.MANAGE_KEYS, key.project)
    return KeyRow(
        id=key.pk,
        name=key.name,
        hint=key.hint,
        project=key.project.name,
        created_at=key.created_at,
        last_used=last_used_text(last_used, timezone.now()),
        requests=_requests(spent.requests),
        spend=dollars(spent.amount),
        active=key.is_active,
        revoked_at=key.revoked_at,
        revoke_url=reverse("keys:revocation", args=[acting.organization.slug, key.pk]) if can_revoke else "",
    )
