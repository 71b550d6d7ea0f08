"""What tests of the pages start from: an account with credit, and hours of usage."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from billing.accounts import lock_account
from billing.credit import give_credit
from billing.models import BillingAccount, CreditLot, LotKind
from catalog.money import PICO
from ledger.ids import new_id
from tests.billing.rail.conftest import _simulator, stripe  # noqa: F401  fixtures
from usage.models import HourlyTotal

ROOT = "/o/llamas-of-lisbon/billing/"
_NOTHING = dict.fromkeys(("requests", "prompt_tokens", "cached_tokens", "completion_tokens", "latency_ms"), 0)


@pytest.fixture
def account(account: BillingAccount) -> BillingAccount:
    """A prepaid account that is some months old."""
    account.created_at = timezone.now() - timedelta(days=100)
    account.save()
    return account


def use(account: BillingAccount, amount: int, hour: datetime | None = None, project: UUID | None = None) -> None:
    """Note usage in the rollup alone, an hour of it."""
    place: dict[str, Any] = {"project_id": project or new_id(), "model": "llama", "status": 2}
    hour = (hour or timezone.now()).replace(minute=0, second=0, microsecond=0)
    HourlyTotal.objects.create(organization_id=account.pk, start=hour, amount=amount, **place, **_NOTHING)


def credit(account: BillingAccount, amount: int = 100 * PICO, **about: Any) -> CreditLot:
    about = {"kind": LotKind.PAID, "key": f"topup:{new_id()}"} | about
    with transaction.atomic():
        locked = lock_account(account.pk)
        lot = give_credit(locked, about.pop("kind"), amount, **about)
    account.refresh_from_db()
    return lot
