"""Opening billing accounts: of new organizations, where the operator has them billed, when they are first asked for."""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import transaction

from billing.actions.promotions import give_promotion
from billing.models import BillingAccount, Mode
from catalog.money import CENT
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.models import Action

_ACTOR = Actor.system("billing")
_WELCOME = "Welcome credit"


def account_of(organization_id: UUID) -> BillingAccount | None:
    """Return the account, opened now if new organizations are billed here; None for one that is not billed."""
    account = BillingAccount.objects.filter(pk=organization_id).first()
    return account or _opened(organization_id)


def open_accounts(organization_ids: Collection[UUID]) -> None:
    """Open the accounts that are missing of these organizations, if new ones are billed here."""
    if settings.BILLING_MODE != "unbilled":
        there = BillingAccount.objects.filter(pk__in=list(organization_ids)).values_list("pk", flat=True)
        for organization_id in sorted(set(organization_ids).difference(there)):
            _opened(organization_id)


def _opened(organization_id: UUID) -> BillingAccount | None:
    if settings.BILLING_MODE == "unbilled":
        return None
    mode = Mode(settings.BILLING_MODE)
    terms = {"mode": mode, "limit": 0 if mode == Mode.PREPAID else None}
    with transaction.atomic():
        # Two at once open one, and one of them welcomes it.
        account, opened = BillingAccount.objects.get_or_create(pk=organization_id, defaults=terms)
        if opened:
            _record(account)
        if opened and settings.BILLING_WELCOME_CREDIT:
            amount = settings.BILLING_WELCOME_CREDIT * CENT
            give_promotion(_ACTOR, organization_id, amount=amount, title=_WELCOME)
            account.refresh_from_db()
    return account


def _record(account: BillingAccount) -> None:
    terms = changes({}, {"mode": account.mode, "limit": account.limit})
    record_event(_ACTOR, Action.BILLING_TERMS_SET, target=account.pk, organization_id=account.pk, **terms)
