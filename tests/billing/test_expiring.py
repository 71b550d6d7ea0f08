"""Credit that expires soon: told once, of what is left of it when the message goes out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organization, User
from billing.expiring import warn_of_expiry
from billing.models import BillingAccount, CreditLot
from billing.notices import credit_expiring
from catalog.money import PICO
from notifications.models import OutboxMessage
from tests.billing.pages.conftest import credit

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def told() -> list[object]:
    return list(OutboxMessage.objects.filter(kind="credit-expiring").values_list("subject_id", flat=True))


def test_what_expires_within_a_week_is_told_once(account: BillingAccount, owner: User) -> None:
    soon = credit(account, PICO, expires_at=NOW + timedelta(days=6))
    credit(account, PICO, expires_at=NOW + timedelta(days=8))
    credit(account, PICO)
    assert [warn_of_expiry(NOW), warn_of_expiry(NOW), warn_of_expiry(NOW + timedelta(days=1))] == [1, 0, 1]
    assert told()[0] == soon.pk
    assert len(told()) == 2


@pytest.mark.parametrize("change", [{"remaining": 0}, {"frozen_at": NOW}, {"expires_at": NOW - timedelta(days=1)}])
def test_what_is_used_up_frozen_or_over_is_not_told(account: BillingAccount, change: dict[str, object]) -> None:
    credit(account, PICO, expires_at=NOW + timedelta(days=6))
    CreditLot.objects.update(**change)
    assert warn_of_expiry(NOW) == 0


def test_the_message_says_what_is_left_by_then_and_leads_to_the_credits(
    account: BillingAccount, owner: User, outsider: User, organization: Organization
) -> None:
    lot = credit(account, 3 * PICO, expires_at=NOW + timedelta(days=6))
    CreditLot.objects.update(remaining=PICO)
    facts = credit_expiring(lot.pk, owner)
    assert facts
    assert (facts["amount"], facts["organization"], facts["until"]) == ("$1.00", organization.name, lot.expires_at)
    assert facts["url"].endswith("/o/llamas-of-lisbon/billing/credits/")
    assert credit_expiring(lot.pk, outsider) is None
    CreditLot.objects.update(remaining=0)
    assert credit_expiring(lot.pk, owner) is None
