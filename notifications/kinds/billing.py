"""Messages about invoices, credit and payments. Amounts come written out: how to write money is known further up."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.kinds import lines
from notifications.kinds.kind import Topic, kind
from notifications.kinds.samples import AT, LATER, ORGANIZATION, page, page_of
from notifications.models import Channel
from notifications.wording import Action, Wording, day, moment

_BILLING = {"organization": ORGANIZATION, "amount": "$250.00", "url": page_of("billing/")}
_INVOICE = _BILLING | {"number": "ACME-0042"}


@kind("receipt", gettext_lazy("Receipt"), Topic.BILLING, sample=_INVOICE | {"at": AT})
def receipt(organization: str, amount: str, number: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("Receipt for %(organization)s: %(amount)s") % {"organization": organization, "amount": amount},
        paragraphs=[_("Thank you, we have received your payment.")],
        facts=[lines.amount(amount), (_("Receipt"), number), lines.organization(organization), lines.when(at)],
        action=Action(_("See the receipt"), url),
    )


@kind(
    "invoice-ready",
    gettext_lazy("Invoice ready"),
    Topic.BILLING,
    sample=_INVOICE | {"due": LATER, "is_settled": False, "is_carried": False},
)
def invoice_ready(
    organization: str, amount: str, number: str, due: datetime | None, is_settled: bool, is_carried: bool, url: str
) -> Wording:
    """Word an invoice; `due` is None if it is charged by itself, or asks for nothing."""
    if is_carried:
        payment = _("It is too little to be collected and is carried over to the next invoice. There is nothing to do.")
    elif is_settled:
        payment = _("It is settled with your credit. There is nothing to do.")
    elif due:
        words = _("It is charged to your payment method, if there is one. Otherwise please pay it by %(day)s.")
        payment = words % {"day": day(due)}
    else:
        payment = _("The amount is charged to your payment method. There is nothing to do.")
    return Wording(
        subject=_("Invoice %(number)s for %(organization)s") % {"number": number, "organization": organization},
        paragraphs=[payment],
        facts=[lines.amount(amount), (_("Invoice"), number), lines.organization(organization)],
        action=Action(_("See the invoice"), url),
        footnote=_("You can check each line of it against your own export of the usage."),
    )


@kind(
    "payment-failed",
    gettext_lazy("Payment failed"),
    Topic.BILLING,
    sample=_BILLING | {"at": AT, "again": LATER, "is_declined": True},
    channels=[Channel.EMAIL, Channel.SMS],
    required=True,
)
def payment_failed(
    organization: str, amount: str, at: datetime, again: datetime | None, is_declined: bool, url: str
) -> Wording:
    """Word a payment that was declined, or had no method to charge; `again` is when it is tried by itself, if it is."""
    why = _("Your bank or card declined a payment.") if is_declined else _("There is no payment method to charge.")
    retry = _("We try again on %(day)s.") % {"day": moment(again)} if again else _("We do not try again by ourselves.")
    return Wording(
        subject=_("Payment failed for %(organization)s") % {"organization": organization},
        paragraphs=[f"{why} {retry}", _("Your service goes on for now.")],
        facts=[lines.amount(amount), lines.organization(organization), lines.when(at)],
        action=Action(_("Update the payment method"), url),
        footnote=_("We never see your card number: you give it to our payment provider on their own pages."),
        short=_("Llama console: a payment failed. Please check your payment method."),
    )


@kind(
    "payment-action",
    gettext_lazy("Payment needs you"),
    Topic.BILLING,
    sample=_BILLING | {"until": LATER},
    required=True,
)
def payment_action(organization: str, amount: str, until: datetime, url: str) -> Wording:
    return Wording(
        subject=_("Please confirm a payment for %(organization)s") % {"organization": organization},
        paragraphs=[_("Your bank wants you to confirm this payment. It goes through only after that.")],
        facts=[lines.amount(amount), lines.organization(organization), (_("Confirm by"), moment(until))],
        action=Action(_("Confirm the payment"), url),
        footnote=_("If you do not expect a payment, do not confirm it, and write to support."),
    )


@kind(
    "suspended",
    gettext_lazy("Organization suspended"),
    Topic.BILLING,
    sample=_INVOICE | {"due": AT},
    channels=[Channel.EMAIL, Channel.SMS],
    required=True,
)
def suspended(organization: str, amount: str, number: str, due: datetime, url: str) -> Wording:
    return Wording(
        subject=_("%(organization)s is suspended: an invoice is overdue") % {"organization": organization},
        paragraphs=[_("Calls are refused and nothing is bought until it is paid. Then both go on by themselves.")],
        facts=[
            lines.amount(amount),
            (_("Invoice"), number),
            (_("Was due on"), day(due)),
            lines.organization(organization),
        ],
        action=Action(_("Pay the invoice"), url),
        footnote=_("If you have paid already, or cannot pay now, write to support."),
        short=_("Llama console: an organization is suspended, as an invoice is overdue. Please pay it."),
    )


@kind(
    "resumed",
    gettext_lazy("Suspension ended"),
    Topic.BILLING,
    sample={"organization": ORGANIZATION, "url": page_of("billing/")},
    required=True,
)
def resumed(organization: str, url: str) -> Wording:
    return Wording(
        subject=_("%(organization)s is not suspended any more") % {"organization": organization},
        paragraphs=[_("Nothing is overdue any more, and calls go on.")],
        facts=[lines.organization(organization)],
        action=Action(_("See your billing"), url),
    )


@kind(
    "dispute",
    gettext_lazy("Payment disputed"),
    Topic.BILLING,
    sample=_BILLING | {"at": AT},
    required=True,
)
def dispute(organization: str, amount: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("A payment of %(organization)s is disputed") % {"organization": organization},
        paragraphs=[
            _("The holder of the card asked their bank for the money back. The credit of that payment is frozen.")
        ],
        facts=[lines.amount(amount), lines.organization(organization), lines.when(at)],
        action=Action(_("See the payment"), url),
        footnote=_("If it is a mistake, ask the holder to withdraw the dispute. Then the credit is released."),
    )


@kind(
    "confirm-contact",
    gettext_lazy("Confirmation of a billing contact"),
    Topic.BILLING,
    sample={
        "organization": ORGANIZATION,
        "link": page("contacts/Zk3…"),
        "refusal": page("contacts/Zk3…/refusal/"),
        "days": 7,
        "kept": 30,
    },
    required=True,  # the one message to an address that has not agreed to any
    secret=True,
)
def confirm_contact(organization: str, link: str, refusal: str, days: int, kept: int) -> Wording:
    lasts = ngettext("The link works for %(days)s day.", "The link works for %(days)s days.", days) % {"days": days}
    return Wording(
        subject=_("Shall billing messages of %(organization)s come here?") % {"organization": organization},
        paragraphs=[
            _("%(organization)s wants to send invoices and other messages about payments to this address.")
            % {"organization": organization},
            _("They come only if you agree, and you can end them at any time.") + " " + lasts,
        ],
        action=Action(_("Yes, send them here"), link),
        footnote=_(
            "If you do nothing, no other message comes, and the address is erased %(kept)s days after the link ends."
        )
        % {"kept": kept},
        aside=Action(_("No: erase my address now"), refusal),
    )
