"""Setting a budget: what an organization, a project or a key may cost a day or a month."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from billing.accounts import lock_account
from billing.actions.terms import LARGEST_CAP
from billing.errors import BillingError
from billing.models import BillingAccount, Budget, Hold, Period
from keys.models import ApiKey, Level
from keys.subjects import Subject
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.models import Action
from usage.queries import rollup
from usage.rollups import lock_usage


@dataclass(frozen=True, slots=True)
class Plan:
    """What something may cost: `hard` refuses calls, `soft` tells somebody; pico-dollars, None for neither."""

    period: str  # of Period
    hard: int | None = None
    soft: int | None = None

    def __bool__(self) -> bool:
        return self.hard is not None or self.soft is not None

    def columns(self) -> dict[str, str | int | None]:
        return {"period": str(self.period), "hard": self.hard, "soft": self.soft}


NO_PLAN = Plan(Period.MONTH)


def set_budget(actor: Actor, subject: Subject, plan: Plan) -> bool:
    """Set or remove a budget; False if nothing differs. BillingError `budget` for what is none.

    What was spent in the period counts from its beginning, whenever the budget is set or its period changed, so that
    to remove it and set it again resets nothing. It holds from the next call on.
    """
    check_plan(plan)
    with transaction.atomic():
        _wait_for_settlements(subject)
        current = Budget.objects.select_for_update().filter(pk=subject.id).first()
        former = plan_of(current)
        if former == plan or not (former or plan):
            return False
        if not plan:
            Budget.objects.filter(pk=subject.id).delete()
        elif current is None:
            Budget.objects.create(
                subject_id=subject.id,
                level=subject.level,
                organization_id=subject.organization_id,
                **plan.columns(),
                **_counted(subject, plan.period),
                held=int(Hold.objects.filter(budget_id=subject.id).aggregate(sum=Sum("amount"))["sum"] or 0),
            )
        else:
            counted = _counted(subject, plan.period) if current.period != plan.period else {}
            # A sum that differs may be passed anew, or last as long as it should.
            anew = {"told_in": None, "foretold_in": None}
            Budget.objects.filter(pk=subject.id).update(**plan.columns(), **counted, **anew)
        record_event(
            actor,
            Action.BUDGET_SET,
            target=subject.target,
            organization_id=subject.organization_id,
            level=subject.level.value,
            **subject.place,
            **changes(former.columns() if former else {}, plan.columns() if plan else {"hard": None, "soft": None}),
        )
    return True


def check_plan(plan: Plan) -> None:
    sums = [each for each in (plan.hard, plan.soft) if each is not None]
    if any(not 0 < each <= LARGEST_CAP for each in sums):
        raise BillingError("budget", "A budget is more than nothing, and no more than can be counted.")
    if len(sums) == 2 and sums[1] > sums[0]:
        raise BillingError("budget", "The soft budget is at most the hard one.")


def plan_of(budget: Budget | None) -> Plan:
    return Plan(budget.period, budget.hard, budget.soft) if budget else NO_PLAN


def _wait_for_settlements(subject: Subject) -> None:
    """Wait for calls that settle at this moment: each is either counted below, or finds the budget afterwards."""
    if BillingAccount.objects.filter(pk=subject.organization_id).exists():
        lock_account(subject.organization_id)
    lock_usage([subject.organization_id])


def _counted(subject: Subject, period: str) -> dict[str, date | int]:
    """Return what the present period has cost so far, as the rollup has it."""
    began = Period(period).start(timezone.now())
    rows = rollup(subject.organization_id).filter(start__gte=datetime.combine(began, time(), UTC))
    if subject.level == Level.PROJECT:
        rows = rows.filter(project_id=subject.id)
    if subject.level == Level.KEY:
        line = ApiKey.objects.filter(Q(pk=subject.id) | Q(line_id=subject.id)).values_list("pk", flat=True)
        rows = rows.filter(key_id__in=list(line))
    return {"began": began, "spent": int(rows.aggregate(sum=Sum("amount"))["sum"] or 0)}
