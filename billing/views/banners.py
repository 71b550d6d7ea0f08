"""The one thing that needs somebody: what happened, what it means, and the action that mends it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import BillingAccount
from billing.spend import Spend
from catalog.money import dollars


@dataclass(frozen=True, slots=True)
class Banner:
    """`action` is "" where the reader can do nothing here."""

    tone: str  # bad or warn
    title: str
    text: str
    action: str = ""
    url: str = ""


def banner(account: BillingAccount, spend: Spend, slug: str) -> Banner | None:
    """Return what matters most of what is wrong; None if nothing is."""
    if account.suspended_at:
        return Banner(
            "bad",
            _("This organization is suspended."),
            _("Its calls are refused until a disputed or overdue payment is settled. Write to support."),
        )
    if account.is_prepaid and account.balance <= 0:
        return _used_up(account, slug)
    if account.cap is not None and account.spent_in(spend.month.date()) >= account.cap:
        return Banner(
            "bad",
            _("This month’s spend cap of %(cap)s is reached.") % {"cap": dollars(account.cap)},
            _("Calls are refused until the cap is raised or the next month begins."),
            _("Change the cap"),
            reverse("billing:cap", args=[slug]),
        )
    return None


def _used_up(account: BillingAccount, slug: str) -> Banner:
    title = _("There is no credit yet.") if not account.transactions else _("The credit is used up.")
    text = _("Calls that cost something are refused until credit is added.")
    return Banner("bad", title, text, _("Add credit"), reverse("billing:credit", args=[slug]))
