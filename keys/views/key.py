"""One key: its rules, its limits and what is left of its budget, and what it did in the last thirty days."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.membership import Acting
from accounts.policy import Permission
from billing.budget_standing import standings
from billing.models import Budget
from catalog.money import dollars
from keys import states, uses
from keys.models import ApiKey, Limits
from keys.reminders import rotation_due
from keys.scopes import MEANINGS, Scope
from keys.states import state_of
from keys.views.access import shown_key
from keys.views.figures import end_text, limits_in_words, meter, time_left
from usage import figures
from usage.queries import rollup, sum_of


@require_GET
def key_page(request: HttpRequest, organization: str, key_id: UUID) -> HttpResponse:
    acting, key = shown_key(request, organization, key_id)
    now = timezone.now()
    limits = list(Limits.objects.filter(subject_id=key.subject_id).order_by("model"))
    budget = Budget.objects.filter(pk=key.subject_id).first()
    since = now.replace(minute=0, second=0, microsecond=0) - uses.RECENT
    networks = uses.shares(key.pk, "network", since=since)
    context = {
        "key": key,
        "state": state_of(key, now),
        "ends": end_text(key, now),
        "used": uses.last_uses([key.pk]).get(key.pk),
        "owner": _owner(acting, key),
        "scopes": [{"name": scope.value, "title": MEANINGS[scope]} for scope in Scope if scope in key.scopes],
        "limits": limits_in_words(next((row for row in limits if not row.model), None)),
        "model_limits": [(row.model, ", ".join(limits_in_words(row))) for row in limits if row.model],
        "budget": budget,
        "meter": meter(standings([budget], now)[budget.pk]) if budget else None,
        "soft": dollars(budget.soft) if budget and budget.soft is not None and budget.hard is not None else "",
        "figures": _figures(key, since),
        "networks": networks[:10],
        "models": uses.shares(key.pk, "model", since=since)[:10],
        "can_manage": acting.may(Permission.MANAGE_KEYS, key.project),
        "is_active": key.is_active,
        "successor": ApiKey.objects.filter(predecessor=key).first(),
        "notes": list(_notes(key, now, used=bool(networks))),
        "rotation_due": rotation_due(key),
    }
    return render(request, "keys/key.html", context)


def _owner(acting: Acting, key: ApiKey) -> str:
    if key.service_account:
        return _("Service account %(name)s") % {"name": key.service_account.name}
    if not key.is_personal:
        return _("A program or the command line")
    if key.created_by_id == acting.user.pk:
        return _("You")
    return _("A member who is gone") if key.orphaned_at or not key.created_by_id else _("A member")


def _figures(key: ApiKey, since: datetime) -> list[dict[str, Any]]:
    sums = sum_of(rollup(key.project.organization_id).filter(key_id=key.pk, start__gte=since))
    return [
        {"name": _("Spend, 30 days"), "value": dollars(sums.amount), "note": ""},
        {"name": _("Requests"), "value": figures.count(sums.requests), "note": ""},
        {
            "name": _("Tokens in / out"),
            "value": f"{figures.compact(sums.prompt_tokens)} / {figures.compact(sums.completion_tokens)}",
            "note": "",
        },
        {
            "name": _("Errors"),
            "value": figures.count(sums.errors),
            "note": _("%(share)s%% of requests") % {"share": figures.share(sums.errors, sums.requests)},
        },
    ]


def _notes(key: ApiKey, now: datetime, *, used: bool) -> Any:
    """Yield what somebody should know of a key that works, the worst first; each with its tone."""
    if not key.is_active:
        return
    if key.orphaned_at:
        yield "warn", _("Whoever made this key has left, and may still have its secret. Rotate it, or revoke it.")
    if key.expires_at and key.expires_at - now <= timedelta(days=14) and not key.ends_at:
        yield (
            "warn",
            _("It expires in %(time)s. Rotate it before, or move its end.") % {"time": time_left(key.expires_at, now)},
        )
    if not used and key.created_at < now - states.UNUSED:
        days = states.UNUSED.days
        yield (
            "",
            ngettext("Nothing has used it for %(days)s day.", "Nothing has used it for %(days)s days.", days)
            % {"days": days},
        )
