"""How budgets stand: by the counter that the gateway enforces, with what is set aside for calls under way."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing.budget_forecasts import Outlook, outlooks
from billing.models import Budget
from billing.refusals import resets_at

_NEAR = 80  # percent from which on a bar warns


@dataclass(frozen=True, slots=True)
class Standing:
    """Amounts in pico-dollars; `percent` and the `marks` of its thresholds are for a bar, which ends at 100."""

    budget: Budget
    used: int
    percent: int
    marks: Collection[str]
    resets_at: datetime
    outlook: Outlook | None = None

    @property
    def is_soft(self) -> bool:
        return self.budget.hard is None

    @property
    def tone(self) -> str:
        return "bad" if self.percent >= 100 else "warn" if self.percent >= _NEAR else ""

    @property
    def on(self) -> datetime | None:
        """When it is used up at this pace; None where it lasts, or nobody can tell."""
        return self.outlook.on if self.outlook else None


def standing(budget: Budget, now: datetime, outlook: Outlook | None = None) -> Standing:
    used, most = budget.spent_in(budget.began_at(now)) + budget.held, budget.most
    marks = [f"{100 * each / most:.2f}%" for each in budget.thresholds if each < most]
    return Standing(budget, used, min(100, 100 * used // most), marks, resets_at(budget, now), outlook)


def standings(budgets: Collection[Budget], now: datetime) -> dict[UUID, Standing]:
    """Return how each stands, with its forecast."""
    found = outlooks(budgets, now)
    return {each.pk: standing(each, now, found.get(each.pk)) for each in budgets}
