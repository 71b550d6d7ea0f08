"""The one thing that needs somebody: what happened, what it means, and the action that mends it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.models import BillingAccount, Suspension, TopUp, TopUpStatus
from billing.spend import Spend
from billing.views.figures import lasts
from billing.views.invoice_rows import InvoiceRow
from billing.views.purchase_words import reason_of, words_of
from catalog.money import CENT, dollars

_NEWS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Banner:
    """`action` is "" where the reader can do nothing here."""

    tone: str  # bad, warn or info
    title: str
    text: str
    action: str = ""
    url: str = ""
    is_deed: bool = False  # a POST, and not a page


def banner(
    account: BillingAccount,
    spend: Spend,
    newest: TopUp | None,
    invoices: Iterable[InvoiceRow],
    slug: str,
    *,
    low: int,
) -> Banner | None:
    """Return what matters most of what is wrong, by the account, its newest purchase and its newest invoices.

    `low` is the balance below which there is little left; 0 for none.
    """
    overdue = next((row for row in invoices if row.is_overdue), None)
    if account.suspended_at:
        return _suspended(account, overdue)
    if overdue:
        return _overdue(overdue)
    if newest and newest.needs_confirmation:
        return _confirm(newest, slug)
    if newest and newest.is_being_paid:
        return _being_paid(newest)
    if newest and newest.status == TopUpStatus.FAILED and not _is_over(newest, spend.now):
        return _failed(newest, account, spend, slug)
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
    return _low(account, slug) if account.is_prepaid and account.balance < low else None


def _suspended(account: BillingAccount, overdue: InvoiceRow | None) -> Banner:
    title = _("This organization is suspended.")
    if account.suspended_for == Suspension.OVERDUE and overdue:
        text = _("Its calls are refused until the overdue invoice %(number)s is paid.") % {"number": overdue.number}
        return Banner("bad", title, text, _("See the invoice"), overdue.url)
    text = _("Its calls are refused until a disputed or overdue payment is settled. Write to support.")
    return Banner("bad", title, text)


def _overdue(row: InvoiceRow) -> Banner:
    words = {"number": row.number, "amount": row.due}
    return Banner(
        "bad",
        _("Invoice %(number)s of %(amount)s is overdue.") % words,
        _("Pay it, or calls may end."),
        _("See the invoice"),
        row.url,
    )


def _confirm(top_up: TopUp, slug: str) -> Banner:
    return Banner(
        "warn",
        _("Your bank wants a payment of %(amount)s confirmed.") % {"amount": dollars(top_up.cents * CENT)},
        _("It goes through only after that."),
        _("Confirm the payment"),
        reverse("billing:confirmation", args=[slug, top_up.pk]),
        is_deed=True,
    )


def _being_paid(top_up: TopUp) -> Banner:
    title = _("A payment of %(amount)s is under way.") % {"amount": dollars(top_up.cents * CENT)}
    return Banner("info", title, str(words_of(top_up).text))


def _is_over(failed: TopUp, now: datetime) -> bool:
    """Tell whether a failed purchase is no news any more: after some days, or since another one was paid."""
    if now > failed.expires_at + _NEWS:
        return True
    return TopUp.objects.of(failed.organization_id).filter(paid_at__gt=failed.created_at).exists()


def _failed(top_up: TopUp, account: BillingAccount, spend: Spend, slug: str) -> Banner:
    words = {"amount": dollars(top_up.cents * CENT), "day": date_format(top_up.created_at, _("M j"))}
    left = lasts(account, spend) if account.is_prepaid else ""
    goes_on = _("Calls go on until the balance is used up. %(left)s.") % {"left": left} if left else ""
    return Banner(
        "bad",
        _("The purchase of %(amount)s on %(day)s failed.") % words,
        " ".join(filter(None, [str(reason_of(top_up)), goes_on])),
        _("Update the payment method"),
        reverse("billing:portal", args=[slug]),
        is_deed=True,
    )


def _used_up(account: BillingAccount, slug: str) -> Banner:
    title = _("There is no credit yet.") if not account.transactions else _("The credit is used up.")
    text = _("Calls that cost something are refused until credit is added.")
    return Banner("bad", title, text, _("Add credit"), reverse("billing:credit", args=[slug]))


def _low(account: BillingAccount, slug: str) -> Banner:
    """Before it is used up calls are refused already: a hold needs more than the last cents."""
    title = _("%(amount)s of credit is left.") % {"amount": dollars(account.balance)}
    text = _("Calls are refused that could cost more than that.")
    return Banner("warn", title, text, _("Add credit"), reverse("billing:credit", args=[slug]))
