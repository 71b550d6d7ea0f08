"""Welcome credit is for who is new: whoever makes one organization after another is not."""

from typing import Any

import pytest

from accounts.actions import create_organization
from accounts.models import Organization, User
from billing.opening import account_of
from catalog.money import PICO
from ledger.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def welcoming(settings: Any) -> None:
    settings.BILLING_MODE, settings.BILLING_WELCOME_CREDIT = "prepaid", 500


def balance(organization: Organization) -> int:
    account = account_of(organization.pk)
    assert account
    return account.balance


def test_a_persons_first_organization_is_welcomed_and_no_other_one_in_whatever_order(
    organization: Organization, owner: User
) -> None:
    more = [create_organization(Actor.user(owner.pk), name="More", owner=owner) for _ in range(2)]
    assert [balance(each) for each in (*more, organization)] == [0, 0, 5 * PICO]


def test_two_people_are_each_welcomed(organization: Organization, outsider: User) -> None:
    theirs = Organization.objects.visible_to(outsider).get()
    assert [balance(each) for each in (organization, theirs)] == [5 * PICO] * 2


def test_an_organization_that_an_operator_made_is_welcomed(organization: Organization, owner: User) -> None:
    made = create_organization(Actor.operator(), name="Partners", owner=owner)
    assert balance(made) == 5 * PICO
