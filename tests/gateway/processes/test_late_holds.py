"""A database that answers too late: what it sets aside then, nobody knows of, so it goes back."""

import asyncio
import threading
from concurrent.futures import Future

import pytest
from django.db import OperationalError, connections, transaction

from accounts.models import Organization
from billing.accounts import lock_account
from billing.actions.terms import set_terms
from billing.books import disagreements
from billing.credit import give_credit
from billing.holds import give_back
from billing.models import BillingAccount, Hold, LotKind, Mode
from billing.permits import Refused
from billing.purses import Purse
from catalog.money import PICO
from gateway.rooms import DjangoRooms
from ledger.actor import Actor
from ledger.ids import new_id
from tests.gateway.fakes import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(organization: Organization) -> BillingAccount:
    """Two dollars of credit."""
    account = set_terms(Actor.operator(), organization.pk, mode=Mode.PREPAID)
    with transaction.atomic():
        give_credit(lock_account(account.pk), LotKind.PAID, 2 * PICO, key="topup:1")
    return account


def test_money_that_is_set_aside_too_late_goes_back(account: BillingAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.rooms.PATIENCE", 0.2)
    locked, over, returned = threading.Event(), threading.Event(), Future[int]()

    def hold_up() -> None:
        with transaction.atomic():
            lock_account(account.pk)
            locked.set()
            over.wait(10)
        connections.close_all()

    def note(hold_id: object, purse: Purse, amount: int) -> None:
        give_back(hold_id, purse, amount)  # type: ignore[arg-type]
        connections.close_all()
        returned.set_result(amount)

    monkeypatch.setattr("billing.holds.give_back", note)
    rooms, thread = DjangoRooms(), threading.Thread(target=hold_up)
    hold_id, purse = new_id(), Purse(account.pk)
    assert not isinstance(asyncio.run(rooms.hold(hold_id, purse, PICO // 2, 0)), Refused)  # in time, of another call
    thread.start()
    locked.wait(10)
    with pytest.raises(OperationalError):
        asyncio.run(rooms.hold(hold_id, purse, PICO, PICO))
    over.set()
    thread.join()
    assert returned.result(10) == PICO
    rooms.close()
    eventually(lambda: Hold.objects.get().amount == PICO // 2)
    account.refresh_from_db()
    assert account.held == PICO // 2
    assert disagreements(account) == []
