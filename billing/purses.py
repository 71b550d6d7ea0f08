"""Purses: what pays for a call and must cover it: the billing account, and budgets of organization, project and key.

A call takes the same amount of each, or of none.
"""

from dataclasses import dataclass
from uuid import UUID

from billing.models import Budget
from billing.opening import account_of


@dataclass(frozen=True, slots=True)
class Purse:
    """One account or budget, by its key."""

    organization_id: UUID
    budget_id: UUID | None = None  # None: the billing account
    level: str = "organization"


@dataclass(frozen=True, slots=True)
class Funding:
    """What pays for the calls of a key, and whether its organization is suspended."""

    purses: tuple[Purse, ...] = ()
    suspended: bool = False


def funding_of(organization_id: UUID, project_id: UUID, key_subject_id: UUID) -> Funding:
    """Return what must cover the calls of a key (`Caller.subject_id`).

    Nothing, if nobody is billed and nothing has a budget.
    """
    account = account_of(organization_id)
    budgets = Budget.objects.filter(subject_id__in=(organization_id, project_id, key_subject_id), hard__isnull=False)
    return Funding(
        purses=(
            *((Purse(organization_id),) if account else ()),
            *(Purse(organization_id, budget.pk, budget.level) for budget in budgets.order_by("pk")),
        ),
        suspended=bool(account and account.suspended_at),
    )
