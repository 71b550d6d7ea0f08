"""Opening billing accounts: of new organizations, where the operator has them billed, when they are first asked for.

Welcome credit is for people who are new, or one after another could be had for as many organizations as somebody makes.
"""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import Membership, Organization
from billing.actions.promotions import give_promotion
from billing.models import BillingAccount, Mode
from catalog.money import CENT
from ledger.actor import Actor, ActorKind
from ledger.events import changes, record_event
from ledger.models import Action, AuditEvent

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
    terms = {"mode": mode, "limit": 0 if mode == Mode.PREPAID else settings.BILLING_POSTPAID_LIMIT * CENT}
    with transaction.atomic():
        # Two at once open one, and one of them welcomes it.
        account, opened = BillingAccount.objects.get_or_create(pk=organization_id, defaults=terms)
        if opened:
            _record(account)
        if opened and settings.BILLING_WELCOME_CREDIT and _is_of_who_is_new(organization_id):
            amount = settings.BILLING_WELCOME_CREDIT * CENT
            give_promotion(_ACTOR, organization_id, amount=amount, title=_WELCOME)
            account.refresh_from_db()
    return account


def _is_of_who_is_new(organization_id: UUID) -> bool:
    """Tell whether whoever made an organization is in no older one: which comes first does not depend on a race."""
    made = AuditEvent.objects.filter(organization_id=organization_id, action=Action.ORGANIZATION_CREATED).first()
    maker = Actor.parse(made.actor) if made else None
    if maker is None or maker.kind != ActorKind.USER:
        return True
    created_at = Organization.objects.values_list("created_at").filter(pk=organization_id)[:1]
    older = Membership.objects.filter(user_id=UUID(maker.id), organization__created_at__lt=created_at)
    return not older.exists()


def _record(account: BillingAccount) -> None:
    terms = changes({}, {"mode": account.mode, "limit": account.limit})
    record_event(_ACTOR, Action.BILLING_TERMS_SET, target=account.pk, organization_id=account.pk, **terms)
