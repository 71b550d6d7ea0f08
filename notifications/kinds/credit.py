"""Messages about prepaid credit. Amounts come written out: how to write money is known further up."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.kinds import lines
from notifications.kinds.kind import Topic, kind
from notifications.kinds.samples import LATER, ORGANIZATION, page_of
from notifications.wording import Action, Wording, day

_CREDIT = {"organization": ORGANIZATION, "url": page_of("billing/credit/")}


@kind(
    "low-balance",
    gettext_lazy("Low balance"),
    Topic.BILLING,
    sample=_CREDIT | {"balance": "$8.40", "threshold": "$10.00"},
)
def low_balance(organization: str, balance: str, threshold: str, url: str) -> Wording:
    return Wording(
        subject=_("%(organization)s has %(balance)s of credit left")
        % {"organization": organization, "balance": balance},
        paragraphs=[_("When the credit is used up, calls are refused until there is more.")],
        facts=[(_("Credit"), balance), (_("Warning below"), threshold), lines.organization(organization)],
        action=Action(_("Add credit"), url),
        footnote=_("With auto-recharge, credit is bought in time by itself, up to a limit of yours."),
    )


@kind(
    "auto-recharge-off",
    gettext_lazy("Auto-recharge switched off"),
    Topic.BILLING,
    sample=_CREDIT | {"balance": "$8.40", "failures": 3},
    required=True,
)
def auto_recharge_off(organization: str, balance: str, failures: int, url: str) -> Wording:
    because = ngettext(
        "%(failures)s payment failed, so we stopped trying.",
        "%(failures)s payments in a row failed, so we stopped trying.",
        failures,
    )
    return Wording(
        subject=_("Auto-recharge is off for %(organization)s") % {"organization": organization},
        paragraphs=[
            because % {"failures": failures},
            _("When the credit is used up, calls are refused until there is more."),
        ],
        facts=[(_("Credit"), balance), lines.organization(organization)],
        action=Action(_("Update the payment method"), url),
        footnote=_("After that you can switch auto-recharge on again."),
    )


@kind(
    "credit-expiring",
    gettext_lazy("Credit about to expire"),
    Topic.BILLING,
    sample=_CREDIT | {"amount": "$40.00", "until": LATER},
)
def credit_expiring(organization: str, amount: str, until: datetime, url: str) -> Wording:
    return Wording(
        subject=_("%(amount)s of credit will expire on %(day)s") % {"amount": amount, "day": day(until)},
        paragraphs=[_("What is not used by then is gone. The credit that expires first is used first.")],
        facts=[lines.amount(amount), lines.organization(organization), (_("Expires"), day(until))],
        action=Action(_("See your credit"), url),
    )
