"""What billing tells people, and customers' webhooks. At sending it is asked whether it is still so."""

import json
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import BillingContact, Organization, User
from billing import invoice_notices, places
from billing.accounts import month_of
from billing.audience import organization_of
from billing.cap_alerts import step_of
from billing.invoices.drafts import next_month
from billing.invoices.snapshot import is_carried_over
from billing.models import (
    AutoRecharge,
    BalanceWarning,
    BillingAccount,
    CapAlert,
    CreditLot,
    Dispute,
    Invoice,
    Origin,
    Suspension,
    TopUp,
    TopUpStatus,
)
from billing.models.topup import NO_METHOD
from billing.receipts import receipt_number
from catalog.money import CENT, dollars
from ledger.models import Action, AuditEvent
from notifications.notices import Facts, notice
from notifications.webhooks.kinds import event

event("invoice.closed", gettext_lazy("An invoice was closed"), subject="invoice_id")
event("cap.reached", gettext_lazy("80 or 100 percent of the spend cap is used"), subject="organization_id")


@notice("invoice-ready")
def invoice_ready(invoice_id: UUID, to: User | BillingContact) -> Facts | None:
    invoice = Invoice.objects.closed().filter(pk=invoice_id).first()
    organization = organization_of(invoice.organization_id, to) if invoice else None
    if not invoice or not organization:
        return None
    return {
        "organization": organization.name,
        "amount": dollars((invoice.due or invoice.total) * CENT),
        "number": str(invoice.number),
        "due": invoice.due_at,
        "is_settled": not invoice.due,
        "is_carried": is_carried_over(json.loads(bytes(invoice.snapshot))),
        "url": settings.CONSOLE_ORIGIN + places.invoice(organization.slug, invoice.number),
    }


@notice("receipt")
def receipt(paid_id: UUID, to: User | BillingContact) -> Facts | None:
    top_up = TopUp.objects.filter(pk=paid_id, status=TopUpStatus.PAID).first()
    organization = organization_of(top_up.organization_id, to) if top_up else None
    if not top_up or not organization:
        return invoice_notices.receipt(paid_id, to)
    url = settings.CONSOLE_ORIGIN + places.purchase(organization.slug, top_up.pk)
    return {
        **_facts(top_up, organization),
        "number": str(receipt_number(top_up)),
        "at": top_up.paid_at,
        "url": url,
    }


@notice("payment-failed")
def payment_failed(unpaid_id: UUID, to: User | BillingContact) -> Facts | None:
    top_up = TopUp.objects.filter(pk=unpaid_id, status=TopUpStatus.FAILED).first()
    organization = organization_of(top_up.organization_id, to) if top_up else None
    failed = AuditEvent.objects.filter(action=Action.TOP_UP_FAILED, target=str(unpaid_id)).order_by("-pk").first()
    if not top_up or not organization or not failed:
        return invoice_notices.payment_failed(unpaid_id, to)
    recharge = AutoRecharge.objects.filter(pk=top_up.organization_id, is_on=True).first()
    again = recharge.rests_until if recharge and top_up.origin == Origin.AUTO else None
    is_declined = top_up.failure != NO_METHOD
    return {**_facts(top_up, organization), "at": failed.at, "again": again, "is_declined": is_declined}


@notice("payment-action")
def payment_action(unpaid_id: UUID, to: User | BillingContact) -> Facts | None:
    top_up = TopUp.objects.pending().filter(pk=unpaid_id).first()
    organization = organization_of(top_up.organization_id, to) if top_up else None
    if not top_up or not organization or not top_up.needs_confirmation:
        return invoice_notices.payment_action(unpaid_id, to)
    return {**_facts(top_up, organization), "until": top_up.expires_at}


@notice("auto-recharge-off")
def auto_recharge_off(organization_id: UUID, to: User | BillingContact) -> Facts | None:
    recharge = AutoRecharge.objects.select_related("account").filter(pk=organization_id, is_on=False).first()
    organization = organization_of(organization_id, to)
    if not recharge or not organization:
        return None
    balance = dollars(recharge.account.balance)
    return {**_about(organization), "balance": balance, "failures": recharge.failures}


@notice("low-balance")
def low_balance(organization_id: UUID, to: User | BillingContact) -> Facts | None:
    warning = BalanceWarning.objects.select_related("account").filter(pk=organization_id).first()
    organization = organization_of(organization_id, to)
    if not warning or not organization or warning.account.balance >= warning.below:
        return None
    return {
        **_about(organization),
        "balance": dollars(warning.account.balance),
        "threshold": dollars(warning.below),
    }


@notice("cap-reached")
def cap_reached(organization_id: UUID, to: User | BillingContact) -> Facts | None:
    """Tell of the highest step that is reached now, so that nobody is told of a share that a higher cap undid."""
    now = timezone.now()
    alert = CapAlert.objects.select_related("account").filter(pk=organization_id, month=month_of(now)).first()
    percent = step_of(alert.account, alert) if alert else 0
    organization = organization_of(organization_id, to) if percent else None
    if not alert or not organization or alert.account.cap is None:
        return None
    return {
        "organization": organization.name,
        "percent": percent,
        "spent": dollars(alert.account.spent_in(alert.month)),
        "cap": dollars(alert.account.cap),
        "until": next_month(now),
        "url": settings.CONSOLE_ORIGIN + places.cap(organization.slug),
    }


@notice("credit-expiring")
def credit_expiring(lot_id: UUID, to: User | BillingContact) -> Facts | None:
    lot = CreditLot.objects.spendable().filter(pk=lot_id, expires_at__gt=timezone.now()).first()
    organization = organization_of(lot.organization_id, to) if lot else None
    if not lot or not organization:
        return None
    return {**_about(organization), "amount": dollars(lot.remaining), "until": lot.expires_at}


@notice("suspended")
def suspended(organization_id: UUID, to: User | BillingContact) -> Facts | None:
    account = BillingAccount.objects.filter(pk=organization_id, suspended_for=Suspension.OVERDUE).first()
    return invoice_notices.suspended(organization_id, to) if account else None


@notice("resumed")
def resumed(organization_id: UUID, to: User | BillingContact) -> Facts | None:
    account = BillingAccount.objects.filter(pk=organization_id, suspended_at=None).first()
    organization = organization_of(organization_id, to) if account else None
    if not organization:
        return None
    return {"organization": organization.name, "url": settings.CONSOLE_ORIGIN + places.overview(organization.slug)}


@notice("dispute")
def dispute(dispute_id: UUID, to: User | BillingContact) -> Facts | None:
    found = Dispute.objects.open().filter(pk=dispute_id).first()
    organization = organization_of(found.organization_id, to) if found else None
    if not found or not organization:
        return None
    url = settings.CONSOLE_ORIGIN + places.overview(organization.slug)
    amount = dollars(found.cents * CENT)
    return {"organization": organization.name, "amount": amount, "at": found.created_at, "url": url}


def _facts(top_up: TopUp, organization: Organization) -> Facts:
    return {
        "amount": dollars(top_up.cents * CENT),
        "organization": organization.name,
        "url": settings.CONSOLE_ORIGIN + places.overview(organization.slug),
    }


def _about(organization: Organization) -> Facts:
    return {
        "organization": organization.name,
        "url": settings.CONSOLE_ORIGIN + places.credit(organization.slug),
    }
