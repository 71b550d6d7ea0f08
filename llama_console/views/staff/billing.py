"""Billing for operators: what reconciliation found, what waits at the boundary to Stripe, and trying that again.

The pages show ids and codes. What an organization pays for, and who its people are, is not on them.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from billing.actions.payments import ask_for_reconciliation, replay_events, retry_intents
from billing.meanings import Meaning, explain
from billing.models import EventState, ReconciliationRun, StripeEvent, StripeIntent
from billing.rail.errors import RailError
from catalog.money import CENT, dollars
from llama_console.views.staff.access import actor_of

_RUNS, _MOST = 14, 100  # runs and rows on the page
_EVENT = re.compile(r"evt_\w{1,250}")


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run, with its amounts written out."""

    run: ReconciliationRun
    moved: str
    fees: str
    paid_out: str


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Show the newest runs with the findings of one, and everything that waits for an operator."""
    runs, chosen = list(_runs()[:_RUNS]), request.GET.get("run")
    run = get_object_or_404(_runs(), pk=_uuid(chosen)) if chosen else next(iter(runs), None)
    intents, events = StripeIntent.objects.parked(), StripeEvent.objects.troubled()
    context = {
        "runs": [_row(each) for each in runs],
        "run": run,
        "findings": list(run.findings.all()[:_MOST]) if run else [],
        "intents": [(each, explain(each.error)) for each in intents.order_by("done_at")[:_MOST]],
        "events": [(each, explain(each.reason)) for each in events.order_by("received_at")[:_MOST]],
        "counts": {"intents": intents.count(), "events": events.count()},
        "most": _MOST,
    }
    return render(request, "staff/billing.html", context)


@require_POST
def reconciling(request: HttpRequest) -> HttpResponse:
    """Have everything compared now."""
    ask_for_reconciliation(actor_of(request))
    messages.success(request, "The worker compares everything now. Look again in a minute.")
    return redirect("staff:billing")


@require_POST
def retrying(request: HttpRequest) -> HttpResponse:
    """Let what is parked be tried again from the start."""
    if retry_intents(actor_of(request), [_uuid(request.POST.get("id"))]):
        messages.success(request, "It is tried again, from the start.")
    else:
        messages.warning(request, "It is not parked any more: somebody tried it before.")
    return redirect("staff:billing")


@require_POST
def replaying(request: HttpRequest) -> HttpResponse:
    """Apply an event that waits for an operator; of any other the answer is that it waits no more."""
    event_id = request.POST.get("id", "")
    if not _EVENT.fullmatch(event_id):
        raise BadRequest
    if not StripeEvent.objects.troubled().filter(pk=event_id).exists():
        messages.warning(request, "It does not wait any more: somebody applied it before.")
    else:
        _replay(request, event_id)
    return redirect("staff:billing")


def _row(run: ReconciliationRun) -> RunRow:
    return RunRow(run, dollars(run.moved * CENT), dollars(run.fees * CENT), dollars(run.paid_out * CENT))


def _replay(request: HttpRequest, event_id: str) -> None:
    try:
        state = replay_events(actor_of(request), [event_id])[event_id]
    except RailError as error:
        messages.warning(request, error.message)
        return
    if state in (EventState.DONE, EventState.IGNORED):
        messages.success(request, "It had its effect." if state == EventState.DONE else "It was none of ours.")
    else:
        messages.warning(request, f"It still has no effect. {_why(event_id).what}")


def _why(event_id: str) -> Meaning:
    return explain(StripeEvent.objects.values_list("reason", flat=True).get(pk=event_id))


def _runs() -> QuerySet[ReconciliationRun]:
    runs = ReconciliationRun.objects.annotate(
        repaired=Count("findings", filter=Q(findings__is_repaired=True)),
        left=Count("findings", filter=Q(findings__is_repaired=False)),
    )
    return runs.order_by("-id")


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise BadRequest from None
