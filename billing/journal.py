"""Posting: the one way in which money is written down.

Whoever posts holds the account's lock. A key is posted once: what comes again changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from billing.errors import BillingError
from billing.models import Account, BillingAccount, Kind, Posting, Transaction
from ledger.ids import new_id

_CREDIT = (Account.CREDIT_PAID, Account.CREDIT_PROMOTIONAL)
_OWED = (Account.RECEIVABLE, Account.INVOICED)


def is_posted(key: str) -> bool:
    return Transaction.objects.filter(key=key).exists()


def post(
    account: BillingAccount,
    kind: Kind,
    key: str,
    amounts: Mapping[Account, int],
    *,
    reference: object = "",
    at: datetime | None = None,
) -> Transaction:
    """Write one transaction under the account's lock and carry it into the account's sums.

    `amounts` in pico-dollars, debits positive; those of zero are left out. BillingError `unbalanced` if they do not sum
    to zero or nothing is left; IntegrityError if the key was posted before: ask `is_posted` first, under the lock.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("What is posted belongs into the transaction of its cause.")
    postings = {name: amount for name, amount in amounts.items() if amount}
    if len(postings) < 2 or sum(postings.values(), 0):
        raise BillingError("unbalanced", "Debits and credits of a transaction are the same sum.")
    account.transactions += 1
    posted = Transaction(
        id=new_id(),
        organization_id=account.pk,
        number=account.transactions,
        kind=kind,
        key=key,
        reference=str(reference),
        at=at or timezone.now(),
    )
    # First the postings: the transaction that follows seals them.
    Posting.objects.bulk_create(
        Posting(transaction_id=posted.pk, account=name, amount=amount) for name, amount in postings.items()
    )
    posted.save(force_insert=True)
    account.credit -= sum(postings.get(name, 0) for name in _CREDIT)
    account.owed += sum(postings.get(name, 0) for name in _OWED)
    account.invoiced += postings.get(Account.INVOICED, 0)
    account.save(update_fields=["transactions", "credit", "owed", "invoiced"])
    return posted
