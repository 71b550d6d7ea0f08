"""Budgets as lines on the chart of spend: where its steps are the budget's period, and it shows all that counts."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.policy import Permission
from billing.models import BillingAccount, Budget
from billing.models.budget import Period as BudgetPeriod
from catalog.money import dollars
from usage.periods import BY_DAY, BY_MONTH
from usage.views.selection import Selection


def budget_lines(selection: Selection) -> list[tuple[str, int]]:
    """Return labels and amounts."""
    step, subject = selection.range and selection.range.period.step, _subject(selection)
    if selection.measure.id != "spend" or step not in (BY_DAY, BY_MONTH) or subject is None:
        return []
    name = BudgetPeriod.DAY if step is BY_DAY else BudgetPeriod.MONTH
    found = [_of(budget) for budget in Budget.objects.filter(pk=subject, period=name)]
    if step is BY_MONTH and subject == selection.organization.pk and selection.acting.may(Permission.VIEW_BILLING):
        account = BillingAccount.objects.filter(pk=subject).exclude(cap=None).first()
        if account and account.cap:
            found.append((_("Cap %(amount)s a month") % {"amount": dollars(account.cap)}, account.cap))
    return found


def _of(budget: Budget) -> tuple[str, int]:
    amount = budget.hard if budget.hard is not None else budget.soft or 0
    text = _("Budget %(amount)s a day") if budget.period == BudgetPeriod.DAY else _("Budget %(amount)s a month")
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
