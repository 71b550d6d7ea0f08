"""Budgets as lines on the chart of spend: where its steps are the budget's period, and it shows all that counts."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.policy import Permission
from billing.models import BillingAccount, Budget, Mode
from billing.models.budget import Period as BudgetPeriod
from catalog.money import dollars
from usage.periods import BY_DAY, BY_MONTH
from usage.views.selection import Selection


def budget_lines(selection: Selection) -> list[tuple[str, int]]:
    """Return labels and amounts."""
    step, subject = selection.range and selection.range.period.step, _subject(selection)
    if selection.measure.id != "spend" or step not in (BY_DAY, BY_MONTH) or subject is None:
        return []
    period = BudgetPeriod.DAY if step is BY_DAY else BudgetPeriod.MONTH
    # One query: both tables say whose a sum is, what ends calls, and what warns before.
    found = Budget.objects.filter(pk=subject, period=period).values_list("level", "hard", "soft")
    if step is BY_MONTH and subject == selection.organization.pk and selection.acting.may(Permission.VIEW_BILLING):
        accounts = BillingAccount.objects.filter(pk=subject).exclude(cap=None)
        found = found.union(accounts.values_list("mode", "cap", "limit"), all=True)
    return [_line(kind in Mode, period, (soft or 0) if hard is None else hard) for kind, hard, soft in found]


def _line(is_cap: bool, period: BudgetPeriod, amount: int) -> tuple[str, int]:
    if is_cap:
        text = _("Cap %(amount)s a month")
    else:
        text = _("Budget %(amount)s a day") if period == BudgetPeriod.DAY else _("Budget %(amount)s a month")
    return text % {"amount": dollars(amount)}, amount


def _subject(selection: Selection) -> UUID | None:
    """Return whose spend it is: the organization's or one project's; None for a part of anybody's."""
    if selection.models or selection.keys or selection.statuses or selection.hidden:
        return None
    match selection.projects:
        case []:
            return selection.organization.pk if selection.limits is None else None
        case [project]:
            return project.pk
    return None
