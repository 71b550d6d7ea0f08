"""Whatever changes what a key may do is noted by the database itself, in the transaction that changes it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, Project
from billing.models import BillingAccount, Budget, Mode
from keys import changes
from keys.actions import issue_key
from keys.models import ApiKey, Change, KeyUse, Level, Limits, ServiceAccount
from ledger.actor import Actor
from ledger.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(project: Project) -> ApiKey:
    return issue_key(Actor.operator(), project=project, name="Web")[0]


def limited(key: ApiKey) -> None:
    Limits.objects.create(subject_id=key.pk, level=Level.KEY, organization_id=key.project.organization_id)


CHANGES: dict[str, Callable[[ApiKey], object]] = {
    "revoked": lambda key: ApiKey.objects.update(revoked_at=timezone.now()),
    "deleted": lambda key: key.delete(),
    "archived": lambda key: Project.objects.update(archived_at=timezone.now()),
    "retention": lambda key: Project.objects.update(retention_days=3),
    "policy": lambda key: Organization.objects.update(blocked_policies=["outside"]),
    "limited": limited,
    "suspended": lambda key: BillingAccount.objects.update(suspended_at=timezone.now()),
    "billed": lambda key: BillingAccount.objects.create(pk=new_id(), mode=Mode.PREPAID),
    "budget": lambda key: Budget.objects.create(subject_id=key.pk, level="key", organization_id=new_id(), hard=1),
    "account ended": lambda key: ServiceAccount.objects.update(ended_at=timezone.now()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_another_state(key: ApiKey, change: str) -> None:
    BillingAccount.objects.create(pk=new_id(), mode=Mode.PREPAID)
    ServiceAccount.objects.create(project=key.project, name="Deploys")
    before = changes.state()
    assert changes.state() == before
    CHANGES[change](key)
    assert changes.state() != before


def test_what_calls_write_is_no_change(key: ApiKey) -> None:
    BillingAccount.objects.create(pk=new_id(), mode=Mode.PREPAID)
    Budget.objects.create(subject_id=key.pk, level="key", organization_id=new_id(), hard=1)
    before = changes.state()
    BillingAccount.objects.update(held=5, spent=3)
    Budget.objects.update(spent=3, held=0)
    KeyUse.objects.create(
        key_id=key.pk, hour=timezone.now(), network="", model="", requests=1, errors=0, tokens=1, amount=1,
        last_at=timezone.now(),
    )  # fmt: skip
    assert changes.state() == before


def test_a_change_that_is_rolled_back_is_none(key: ApiKey) -> None:
    before = changes.state()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ApiKey.objects.update(revoked_at=timezone.now())
        raise ZeroDivisionError
    assert changes.state() == before


def test_only_old_changes_are_forgotten_and_that_is_another_state_too(key: ApiKey) -> None:
    ApiKey.objects.update(name="Shop")
    assert changes.purge() == 0
    Change.objects.update(at=timezone.now() - timedelta(hours=2))
    ApiKey.objects.update(name="Web")
    before = changes.state()
    assert changes.purge() >= 1
    assert changes.state() != before
    assert Change.objects.count() == 1


def test_making_the_triggers_again_changes_nothing(key: ApiKey) -> None:
    changes.install(None, using="default")
    before = Change.objects.count()
    ApiKey.objects.update(name="Shop")
    assert Change.objects.count() == before + 1
