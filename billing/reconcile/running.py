"""A run of reconciliation: what was missed is taken in, what is open is asked for, and every sum is compared.

Each part goes on where another one failed; Stripe's come first, so that the books are compared after what they repair.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing.models import BillingAccount, ReconciliationRun
from billing.rail.client import is_set_up
from billing.rail.errors import RailError
from billing.reconcile.books import check_books
from billing.reconcile.events import check_events
from billing.reconcile.movements import check_movements
from billing.reconcile.objects import check_objects
from billing.reconcile.report import Report
from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import INSTALLATION
from ledger.models import Action

log = logging.getLogger(__name__)
RECONCILER = Actor.system("reconciliation")


def reconcile(actor: Actor, organization_id: UUID | None = None, *, now: datetime | None = None) -> ReconciliationRun:
    """Compare one organization's books, or all of them and Stripe's side; return the run with its findings."""
    now = now or timezone.now()
    since = _latest(organization_id)
    with transaction.atomic():
        run = ReconciliationRun.objects.create(organization_id=organization_id, started_at=now)
        target = organization_id or INSTALLATION
        record_event(actor, Action.RECONCILED, target=target, organization_id=organization_id)
    report = Report(run)
    for part in _parts(report, organization_id, since, now):
        _do(report, part)
    run.ended_at = timezone.now()
    run.save()
    return run


def _parts(
    report: Report, organization_id: UUID | None, since: datetime | None, now: datetime
) -> list[Callable[[], None]]:
    accounts = BillingAccount.objects.filter(**({"pk": organization_id} if organization_id else {}))
    parts: list[Callable[[], None]] = [partial(check_books, report, accounts, now)]
    if not is_set_up():
        return parts
    parts.insert(0, partial(check_objects, report, organization_id, now))
    if organization_id is None:
        parts.insert(0, partial(check_events, report, since, now))
        parts.insert(2, partial(check_movements, report, since, now))
    return parts


def _do(report: Report, part: Callable[[], None]) -> None:
    try:
        part()
    except RailError as error:
        report.find("Stripe did not answer", "", expected="an answer", found=error.code)
    except Exception as error:  # a mistake of ours must not hide what the other parts find
        log.exception("reconciliation failed")
        report.find("reconciliation failed", "", expected="no mistake of ours", found=type(error).__name__)


def _latest(organization_id: UUID | None) -> datetime | None:
    """Return when the newest run that came to its end began."""
    if organization_id:
        return None
    complete = ReconciliationRun.objects.filter(organization_id=None, ended_at__isnull=False)
    return complete.order_by("-started_at").values_list("started_at", flat=True).first()
