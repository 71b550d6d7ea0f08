"""Why was I blocked? The rules that refused calls in the last week, and the one that refused a certain call."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.membership import Acting
from accounts.policy import Permission
from keys.models import Refusal
from keys.models.refusal import RefusalQuerySet
from keys.refusal_rules import RULES, rule_of
from keys.refusals import KEPT
from llama_console.views.blocked.rows import Row, by_rule, names, row

_PAGE = 50
_VERSION = 7  # of the gateway's request ids: they begin with their time


@require_safe
def page(request: HttpRequest, organization: str) -> HttpResponse:
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.VIEW_USAGE)
    now = timezone.now()
    refusals = Refusal.objects.visible_to(acting).filter(last_at__gte=now - KEPT)
    asked = request.GET.get("request", "").strip()[:80]
    context: dict[str, Any] = {"asked": asked, "kept_days": KEPT.days}
    if asked:
        context |= _explained(acting, refusals, asked, now)
    if rule := request.GET.get("rule", ""):
        context |= _of_rule(acting, refusals, rule, request.GET.get("page", ""))
    else:
        context["rows"] = by_rule(acting, refusals, now)
    return render(request, "blocked/page.html", context)


def _explained(acting: Acting, refusals: RefusalQuerySet, asked: str, now: datetime) -> dict[str, Any]:
    """Return why a call was refused: by its own row, or else by what was refused within its minute.

    One that is unknown, another's, or answered looks the same.
    """
    request_id = _uuid(asked)
    if request_id is None:
        return {"is_unknown": True}
    if own := refusals.filter(last_request_id=request_id).first():
        return {"own": row(acting, own, now)}
    near: list[Row] = []
    if minute := _minute(request_id):
        near = by_rule(acting, refusals.filter(minute=minute), now)
    return {"near": near, "minute": minute, "is_unknown": not near}


def _of_rule(acting: Acting, refusals: RefusalQuerySet, rule: str, number: str) -> dict[str, Any]:
    """Return the minutes in which one rule refused calls, the newest first."""
    found = Paginator(refusals.filter(rule=rule).order_by("-last_at", "-pk"), _PAGE).get_page(number)
    rows = list(found)
    keys = names(rows, acting)
    now = timezone.now()
    return {
        "chosen": rule_of(rule if rule in RULES else rule[:60]),
        "minutes": [
            {"refusal": each, "key": keys.get(each.key_id, ""), "row": row(acting, each, now, count=each.count)}
            for each in rows
        ],
        "page": found,
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _minute(request_id: UUID) -> datetime | None:
    """Return the minute in which the gateway gave a call its id."""
    if request_id.version != _VERSION:
        return None
    milliseconds = request_id.int >> 80
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
    return moment.replace(second=0, microsecond=0)
