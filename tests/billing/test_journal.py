"""The journal: what is posted balances, comes once, and stays, whoever writes to the database."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from billing.accounts import lock_account
from billing.books import disagreements
from billing.credit import give_credit
from billing.errors import BillingError
from billing.invoices.closing import close_now
from billing.journal import is_posted, post
from billing.models import Account, BillingAccount, Kind, LotKind, Posting, Transaction
from billing.settlement import settle_calls
from catalog.models import Model
from catalog.money import PICO
from ledger.actor import Actor
from ledger.ids import new_id
from tests.usage.test_recording import call

pytestmark = pytest.mark.django_db
SALE = {Account.CLEARING: 500, Account.CREDIT_PAID: -500}


def test_a_transaction_is_numbered_and_carried_into_the_sums(account: BillingAccount) -> None:
    first, second = (post(account, Kind.TOP_UP, key, SALE) for key in ("a", "b"))
    account.refresh_from_db()
    assert (first.number, second.number, account.transactions) == (1, 2, 2)
    assert (account.credit, account.owed) == (1000, 0)
    assert is_posted("a")
    assert not is_posted("c")


@pytest.mark.parametrize(
    "amounts",
    [{}, {Account.CLEARING: 5}, {Account.CLEARING: 5, Account.REVENUE: -4}, {Account.CLEARING: 0, Account.REVENUE: 0}],
)
def test_what_does_not_balance_is_refused_before_it_is_written(
    account: BillingAccount, amounts: dict[Account, int]
) -> None:
    with pytest.raises(BillingError) as caught:
        post(account, Kind.TOP_UP, "a", amounts)
    assert caught.value.code == "unbalanced"
    assert not Posting.objects.exists()


def test_a_key_is_posted_once(account: BillingAccount) -> None:
    post(account, Kind.TOP_UP, "a", SALE)
    with pytest.raises(IntegrityError), transaction.atomic():
        post(account, Kind.TOP_UP, "a", SALE)


def _write(number: int, *amounts: int) -> Transaction:
    row = Transaction(id=new_id(), organization_id=new_id(), number=number, kind=Kind.TOP_UP, key=str(number))
    for name, amount in zip(Account, amounts, strict=False):
        Posting.objects.create(transaction_id=row.pk, account=name, amount=amount)
    row.save(force_insert=True)
    return row


@pytest.mark.parametrize("amounts", [(5, -4), (5,), (), (5, -5, 1)])
def test_the_database_refuses_a_transaction_that_does_not_balance(db: None, amounts: tuple[int, ...]) -> None:
    with pytest.raises(DatabaseError, match="sums to zero"), transaction.atomic():
        _write(1, *amounts)


def test_the_database_takes_one_that_does(db: None) -> None:
    assert _write(1, 5, -3, -2).postings.count() == 3


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (lambda: Posting.objects.update(amount=7), "append-only"),
        (lambda: Posting.objects.first().delete(), "append-only"),  # type: ignore[union-attr]
        (lambda: Transaction.objects.update(kind=Kind.FEE), "append-only"),
        (lambda: connection.cursor().execute("DELETE FROM billing_transaction"), "append-only"),
        (
            lambda: Posting.objects.create(transaction=Transaction.objects.get(), account=Account.FEES, amount=1),
            "sealed",
        ),
    ],
)
def test_the_database_refuses_to_change_what_is_posted(
    account: BillingAccount, change: Callable[[], object], answer: str
) -> None:
    post(account, Kind.TOP_UP, "a", SALE)
    with pytest.raises(DatabaseError, match=answer), transaction.atomic():
        change()


def _replace(table: str) -> None:
    """Put a row of a table in its own place; on SQLite no trigger on deletions is asked then."""
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    connection.cursor().execute(f"{verb} INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize("table", ["billing_transaction", "billing_posting", "billing_draw", "billing_invoice"])
def test_no_row_takes_the_place_of_what_is_written(account: BillingAccount, llama: Model, table: str) -> None:
    give_credit(account, LotKind.PAID, PICO, key="topup:1")
    settle_calls([call(organization_id=account.pk)])
    close_now(Actor.operator(), account.pk, now=timezone.now() + timedelta(days=1))
    with pytest.raises(DatabaseError), transaction.atomic():
        _replace(table)
    assert disagreements(BillingAccount.objects.get()) == []


@pytest.mark.django_db(transaction=True)
def test_postings_that_nothing_seals_do_not_survive(account: BillingAccount) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(transaction_id=new_id(), account=Account.FEES, amount=1)
        Posting.objects.create(transaction_id=new_id(), account=Account.CLEARING, amount=-1)
    assert not Posting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_posted_stands_in_a_transaction_with_its_cause(account: BillingAccount) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        post(account, Kind.TOP_UP, "a", SALE)


def test_nothing_is_posted_for_who_is_not_billed(db: None) -> None:
    with pytest.raises(BillingError, match="not-billed"):
        lock_account(new_id())
