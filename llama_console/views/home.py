"""Home: the way to the first call, then today at a glance."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from accounts.membership import Acting
from accounts.models import Organization, User
from accounts.models.project import ProjectQuerySet
from accounts.policy import Permission
from billing.models import BillingAccount
from catalog.money import dollars
from keys.models import ApiKey
from keys.snippets import snippets
from llama_console.today import kpis, recent
from usage import figures
from usage.models import UsageEvent
from usage.queries import first_event

_STOP_POLLING = 286  # htmx's own status


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Go to the home of the person's organization, the first one by name."""
    assert isinstance(request.user, User)
    organization = Organization.objects.visible_to(request.user).order_by("name").first()
    if organization is None:
        return render(request, "console/no_organization.html")
    return redirect("organization_home", organization.slug)


@require_GET
def organization_home(request: HttpRequest, organization: str) -> HttpResponse:
    acting = _acting(request, organization)
    key = ApiKey.objects.visible_to(acting).active().first()
    limits = acting.limits(Permission.VIEW_USAGE)
    first = first_event(acting.organization.pk, limits)
    steps = _steps(acting.organization, key, called=first is not None)
    done = sum(step["state"] == "done" for step in steps)
    context = {
        "steps": steps,
        "steps_done": done,
        "steps_total": len(steps),
        "steps_percent": 100 * done // len(steps),
        "snippets": snippets("$LLAMA_API_KEY", acting.organization),
        "snippet_key": key.name if key else None,
        "key_hint": key.hint if key else "",
        # The guide stays for a day after the first call.
        "show_guide": first is None or first.started_at > timezone.now() - timedelta(days=1),
        "listen": _listen(acting.organization, first),
        "kpis": kpis(acting.organization.pk, timezone.now(), limits),
        "recent": recent(acting.organization.pk, limits),
        "facts": _facts(acting.projects()),
        "standing": _standing(acting),
    }
    return render(request, "console/home.html", context)


@require_GET
def first_request(request: HttpRequest, organization: str) -> HttpResponse:
    """Tell whether the first call has come. It is asked every other second: no role opens until there is a call."""
    acting = _acting(request, organization)
    called = first_event(acting.organization.pk)
    if called and first_event(acting.organization.pk, acting.limits(Permission.VIEW_USAGE)):
        # The steps and figures around the line change with it: the whole page comes anew.
        return HttpResponseClientRefresh()
    status = _STOP_POLLING if called else 200  # of projects that this member does not see
    return render(request, "console/_first_request.html", {"listen": _listen(acting.organization, None)}, status=status)


def _acting(request: HttpRequest, organization: str) -> Acting:
    return Acting.in_organization(request, organization)


def _steps(organization: Organization, key: ApiKey | None, *, called: bool) -> list[dict[str, Any]]:
    slug = organization.slug
    steps = [
        (_("Verify your email"), _("Done when you signed up"), True, reverse("organization_home", args=[slug])),
        (
            _("Create an API key"),
            key.name if key else _("One key for each service"),
            key is not None,
            reverse("keys:create", args=[slug]),
        ),
        (_("Send your first request"), _("Run the command shown here"), called, "#first"),
        (_("See what it used"), _("Requests, tokens and cost"), called, reverse("usage:report", args=[slug])),
    ]
    current = next((index for index, step in enumerate(steps) if not step[2]), None)
    return [
        {"title": title, "meta": meta, "url": url, "state": "done" if done else "now" if index == current else "todo"}
        for index, (title, meta, done, url) in enumerate(steps)
    ]


def _listen(organization: Organization, event: UsageEvent | None) -> dict[str, Any]:
    url = reverse("usage:report", args=[organization.slug]) + "?range=24h"
    if event is None:
        return {"received": False, "summary": "", "url": url}
    summary = _("%(status)s in %(latency)s, %(model)s, %(prompt)s in and %(completion)s out, %(cost)s") % {
        "status": event.status,
        "latency": figures.duration(event.latency_ms),
        "model": event.model,
        "prompt": figures.exact(event.prompt_tokens),
        "completion": figures.exact(event.completion_tokens),
        "cost": dollars(event.amount),
    }
    return {"received": True, "summary": summary, "url": url}


def _standing(acting: Acting) -> dict[str, Any] | None:
    """Return how an organization that is billed stands, for who may know; None for others."""
    may_see = acting.may(Permission.VIEW_BILLING)
    account = BillingAccount.objects.filter(pk=acting.organization.pk).first() if may_see else None
    if account is None:
        return None
    return {
        "title": _("Balance") if account.is_prepaid else _("Owed"),
        "amount": dollars(account.balance if account.is_prepaid else account.owed),
        "is_prepaid": account.is_prepaid,
        "is_invoiced": account.invoiced > 0,
        "is_low": account.is_prepaid and account.balance <= 0,
        "may_add": account.is_prepaid and acting.may(Permission.MANAGE_BILLING),
    }


def _facts(projects: ProjectQuerySet) -> list[str]:
    kept = max((project.retention_days for project in projects), default=0)
    prompts = ngettext(
        "Prompts are sealed and kept %(kept)s day at most", "Prompts are sealed and kept %(kept)s days at most", kept
    ) % {"kept": kept}
    return [
        prompts if kept else _("Prompts and answers are not kept"),
        _("Name, email and role are sealed at rest"),
        _("Every opening is recorded first"),
    ]
