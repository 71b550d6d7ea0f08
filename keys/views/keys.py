"""Keys: the list, and making one. The secret leaves in the answer to the POST and never again."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.membership import Acting
from accounts.policy import Permission
from accounts.step_up import is_recent, recent_sign_in_required
from billing.actions.limited_keys import issue_limited_key
from keys import states
from keys.models import ApiKey
from keys.owning import AccountEnded
from keys.snippets import curl, snippets
from keys.states import State
from keys.views.access import acting_for, givable, open_accounts, open_projects
from keys.views.key_form import NewKeyForm
from keys.views.rows import rows

_PAGE = 50
_STATES = {
    "all": gettext_lazy("All"),
    "active": gettext_lazy("Active"),
    "attention": gettext_lazy("Attention"),
    "revoked": gettext_lazy("Ended"),
}
_FLAGS = {
    "leaked": gettext_lazy("Leaked"),
    "expiring": gettext_lazy("Expiring"),
    "rotating": gettext_lazy("Being rotated"),
    "orphaned": gettext_lazy("Maker is gone"),
    "unused": gettext_lazy("Unused for 90 days"),
}


@require_GET
def key_list(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    acting.require(Permission.VIEW_KEYS)
    every, now = ApiKey.objects.visible_to(acting), timezone.now()
    state = request.GET.get("state", "all") if request.GET.get("state") in _STATES else "all"
    flag = request.GET.get("flag", "") if request.GET.get("flag") in _FLAGS else ""
    query, project = request.GET.get("q", "").strip()[:80], request.GET.get("project", "")
    found = every.filter(_where(state, now), Q(name__icontains=query) | Q(tail=query))
    found = found.filter(_flagged(flag, now)) if flag else found
    found = found.filter(project__slug=project) if project else found
    page = Paginator(found.select_related("project").order_by("-pk"), _PAGE).get_page(request.GET.get("page"))
    can_manage = acting.may(Permission.MANAGE_KEYS)
    context = {
        "keys": rows(acting, list(page)),
        "counts": _counts(every, organization, state, now),
        "q": query,
        "flags": [{"id": name, "name": title, "selected": name == flag} for name, title in _FLAGS.items()],
        "projects": [
            {"slug": each.slug, "name": each.name, "selected": each.slug == project}
            for each in acting.projects(Permission.VIEW_KEYS)
        ],
        "can_manage": can_manage,
        "any_keys": every.exists(),
        "form": _form(acting) if can_manage else None,
        "dialog": "create" if is_recent(request) else "",
        "snippet": curl("$LLAMA_API_KEY", acting.organization),
        "page": page,
    }
    return render(request, "keys/list.html", context)


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    acting.require(Permission.MANAGE_KEYS)
    form = _form(acting, request.POST or None)
    if request.method == "POST" and form.is_valid() and _gives_no_more_than_they_have(acting, form):
        try:
            key, secret = _issue(acting, form)
        except AccountEnded:
            form.add_error("service_account", _("This service account has ended."))
        except IntegrityError:
            messages.warning(
                request, _("This key was made before. Its secret was shown then; make another one if it is lost.")
            )
            return redirect("keys:list", organization)
        else:
            context = {
                "key": key,
                "secret": secret,
                "snippets": snippets(secret, acting.organization, key.allowed_models),
            }
            return render(request, "keys/created.html", context)
    return render(request, "keys/create.html", {"form": form}, status=422 if form.is_bound else 200)


def _form(acting: Acting, data: Any = None) -> NewKeyForm:
    return NewKeyForm(data, projects=open_projects(acting), accounts=open_accounts(acting), givable=givable(acting))


def _gives_no_more_than_they_have(acting: Acting, form: NewKeyForm) -> bool:
    """Refuse scopes that somebody has in other projects, but not in the one they chose."""
    if set(form.cleaned_data["scopes"]) <= givable(acting, form.cleaned_data["project"]):
        return True
    form.add_error("scopes", _("Your role in this project does not give all of these."))
    return False


def _issue(acting: Acting, form: NewKeyForm) -> tuple[ApiKey, str]:
    data = form.cleaned_data
    return issue_limited_key(
        acting.actor,
        allowance=form.allowance(),
        project=data["project"],
        name=data["name"],
        creator=acting.user,
        service_account=data["service_account"],
        rules=form.rules(),
        key_id=data["once"],
    )


def _where(state: str, now: datetime) -> Q:
    known = {"all": Q(), "active": states.active(now), "attention": states.attention(now)}
    return known[state] if state in known else ~states.active(now)


def _flagged(flag: str, now: datetime) -> Q:
    if flag == "orphaned":
        return states.orphaned(now)
    return states.unused(now) if flag == "unused" else states.where(State(flag), now)


def _counts(every: QuerySet[ApiKey], organization: str, state: str, now: datetime) -> list[dict[str, Any]]:
    numbers = every.aggregate(**{name: Count("pk", filter=_where(name, now)) for name in _STATES})
    path = reverse("keys:list", args=[organization])
    return [
        {
            "id": name,
            "name": title,
            "n": numbers[name],
            "url": f"{path}?{urlencode({'state': name})}",
            "current": name == state,
        }
        for name, title in _STATES.items()
    ]
