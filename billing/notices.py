"""What billing tells people, and customers' webhooks. At sending it is asked whether it is still so."""

from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts.models import BillingContact, Organization, Role, User
from accounts.recipients import TELLER
from accounts.roles import access_of
from billing import places
from billing.models import AutoRecharge, BalanceWarning, Invoice, Origin, TopUp, TopUpStatus, Transaction
from catalog.money import CENT, dollars
from ledger.models import Action, AuditEvent
from notifications.notices import Facts, notice
from notifications.webhooks.kinds import event

event("invoice.closed", gettext_lazy("An invoice was closed"), subject="invoice_id")


@notice("invoice-ready")
def invoice_ready(invoice_id: UUID, to: User | BillingContact) -> Facts | None:
    invoice = Invoice.objects.closed().get(pk=invoice_id)
    organization = Organization.objects.filter(pk=invoice.organization_id).first()
    if organization is None or not hears_of_money(organization, to):
        return None
    return {
        "organization": organization.name,
        "amount": dollars((invoice.due or invoice.total) * CENT),
        "number": str(invoice.number),
        "due": invoice.due_at,
        "is_settled": not invoice.due,
        "url": f"{settings.CONSOLE_ORIGIN}/o/{organization.slug}/billing/invoices/{invoice.number}/",
    }


@notice("receipt")
def receipt(top_up_id: UUID, to: User | BillingContact) -> Facts | None:
    top_up = TopUp.objects.filter(pk=top_up_id, status=TopUpStatus.PAID).first()
    organization = _organization(top_up.organization_id, to) if top_up else None
    if not top_up or not organization:
        return None
    number = Transaction.objects.values_list("number", flat=True).get(key=f"topup:{top_up.pk}")
    return {**_facts(top_up, organization), "number": str(number), "at": top_up.paid_at}


@notice("payment-failed")
def payment_failed(top_up_id: UUID, to: User | BillingContact) -> Facts | None:
    top_up = TopUp.objects.filter(pk=top_up_id, status=TopUpStatus.FAILED).first()
    organization = _organization(top_up.organization_id, to) if top_up else None
    failed = AuditEvent.objects.filter(action=Action.TOP_UP_FAILED, target=str(top_up_id)).order_by("-pk").first()
    if not top_up or not organization or not failed:
        return None
    recharge = AutoRecharge.objects.filter(pk=top_up.organization_id, is_on=True).first()
    again = recharge.rests_until if recharge and top_up.origin == Origin.AUTO else None
    return {**_facts(top_up, organization), "at": failed.at, "again": again}


@notice("payment-action")
def payment_action(top_up_id: UUID, to: User | BillingContact) -> Facts | None:
    top_up = TopUp.objects.pending().filter(pk=top_up_id).first()
    organization = _organization(top_up.organization_id, to) if top_up else None
    if not top_up or not organization or not top_up.needs_confirmation:
        return None
    return {**_facts(top_up, organization), "until": top_up.expires_at}


@notice("auto-recharge-off")
def auto_recharge_off(organization_id: UUID, to: User | BillingContact) -> Facts | None:
    recharge = AutoRecharge.objects.select_related("account").filter(pk=organization_id, is_on=False).first()
    organization = _organization(organization_id, to)
    if not recharge or not organization:
        return None
    balance = dollars(recharge.account.balance)
    return {**_about(organization), "balance": balance, "failures": recharge.failures}


@notice("low-balance")
def low_balance(organization_id: UUID, to: User | BillingContact) -> Facts | None:
    warning = BalanceWarning.objects.select_related("account").filter(pk=organization_id).first()
    organization = _organization(organization_id, to)
    if not warning or not organization or warning.account.balance >= warning.below:
        return None
    return {
        **_about(organization),
        "balance": dollars(warning.account.balance),
        "threshold": dollars(warning.below),
    }


def _organization(organization_id: UUID, to: User | BillingContact) -> Organization | None:
    """Return the organization if the recipient still belongs to it."""
    if isinstance(to, BillingContact):
        return to.organization if to.organization_id == organization_id else None
    return Organization.objects.visible_to(to).filter(pk=organization_id).first()


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


def hears_of_money(organization: Organization, to: User | BillingContact) -> bool:
    """Tell whether a recipient is, at this moment, one of `accounts.recipients.of_billing`."""
    if isinstance(to, BillingContact):
        return BillingContact.objects.filter(pk=to.pk, organization=organization).confirmed().exists()
    access = access_of(TELLER, organization, users=[to.pk]).get(to.pk)
    return access is not None and access.role in (Role.OWNER, Role.BILLING)
