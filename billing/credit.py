"""Credit in lots: giving, burning, freezing and expiring it. All of it under the account's lock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from billing.errors import BillingError
from billing.journal import post
from billing.models import Account, BillingAccount, CreditLot, Draw, Kind, LotKind, Transaction
from catalog.money import PICO

LARGEST = 1_000_000 * PICO  # of a grant; a slip of the hand is more often larger
CREDIT_ACCOUNT = {LotKind.PAID: Account.CREDIT_PAID, LotKind.PROMOTIONAL: Account.CREDIT_PROMOTIONAL}
_SOURCE = {LotKind.PAID: (Kind.TOP_UP, Account.CLEARING), LotKind.PROMOTIONAL: (Kind.PROMOTION, Account.PROMOTIONS)}

Plan: TypeAlias = Sequence[tuple[CreditLot, int]]


@dataclass(frozen=True, slots=True)
class Burnt:
    """What an amount was taken from: lots with their parts, and the rest that no credit covers."""

    parts: Plan
    rest: int

    def amounts(self) -> dict[Account, int]:
        """Return the debits: of the kinds of credit, and of what is owed from now on."""
        amounts = {Account.RECEIVABLE: self.rest}
        for lot, part in self.parts:
            account = CREDIT_ACCOUNT[LotKind(lot.kind)]
            amounts[account] = amounts.get(account, 0) + part
        return amounts


def plan_burn(lots: Iterable[CreditLot], amount: int) -> Burnt:
    """Say what an amount is taken from, of lots in burn order; changes nothing."""
    parts = []
    for lot in lots:
        if not amount:
            break
        part = min(lot.remaining, amount)
        parts.append((lot, part))
        amount -= part
    return Burnt(parts, amount)


def give_credit(
    account: BillingAccount,
    kind: LotKind,
    amount: int,
    *,
    key: str,
    title: str = "",
    reference: object = "",
    expires_at: datetime | None = None,
) -> CreditLot:
    """Make a lot, post it and repay with it what a prepaid organization owes; BillingError `amount`."""
    if not 0 < amount <= LARGEST:
        raise BillingError("amount", "This is no amount of credit.")
    source_kind, source = _SOURCE[kind]
    post(account, source_kind, key, {source: amount, CREDIT_ACCOUNT[kind]: -amount}, reference=reference)
    lot = CreditLot.objects.create(
        organization_id=account.pk,
        kind=kind,
        granted=amount,
        remaining=amount,
        title=title,
        reference=str(reference),
        expires_at=expires_at,
    )
    if account.is_prepaid and account.debt > 0:
        _repay(account, min(amount, account.debt), key=f"repayment:{key}", lot=lot)
    return lot


def spendable_lots(organization_id: UUID) -> Iterable[CreditLot]:
    """Return the lots that calls may use, in the order of their use; locked with the account."""
    return CreditLot.objects.filter(organization_id=organization_id).spendable().in_burn_order()


def take(transaction: Transaction, plan: Plan) -> None:
    """Take from lots what a posted transaction was planned to take."""
    for lot, part in plan:
        lot.remaining -= part
        lot.save(update_fields=["remaining"])
    Draw.objects.bulk_create(Draw(lot=lot, transaction=transaction, amount=part) for lot, part in plan)


def put_back(account: BillingAccount, transaction: Transaction, lot: CreditLot, amount: int) -> None:
    """Give back to a lot what was taken from it before; frozen, what it gets is frozen as well."""
    take(transaction, [(lot, -amount)])
    if lot.frozen_at:
        account.frozen += amount
        account.save(update_fields=["frozen"])


def end_lot(account: BillingAccount, lot: CreditLot) -> Transaction | None:
    """Expire what is left of a lot; None if nothing is, or it is frozen."""
    if not lot.remaining or lot.frozen_at:
        return None
    paid = lot.kind == LotKind.PAID
    against = Account.BREAKAGE if paid else Account.PROMOTIONS
    amounts = {CREDIT_ACCOUNT[LotKind(lot.kind)]: lot.remaining, against: -lot.remaining}
    key = f"expiry:{lot.pk}:{lot.draws.count()}"  # what a failed refund gives back expires as well
    transaction = post(account, Kind.EXPIRY, key, amounts, reference=lot.pk)
    take(transaction, [(lot, lot.remaining)])
    return transaction


def freeze(account: BillingAccount, lot: CreditLot, now: datetime) -> None:
    """Put a lot out of use while its payment is disputed; nothing happens to one that is frozen."""
    if not lot.frozen_at:
        lot.frozen_at = now
        _set_frozen(account, lot, lot.remaining)


def thaw(account: BillingAccount, lot: CreditLot) -> None:
    """Put a frozen lot back into use."""
    if lot.frozen_at:
        lot.frozen_at = None
        _set_frozen(account, lot, -lot.remaining)


def _set_frozen(account: BillingAccount, lot: CreditLot, change: int) -> None:
    lot.save(update_fields=["frozen_at"])
    account.frozen += change
    account.save(update_fields=["frozen"])


def _repay(account: BillingAccount, amount: int, *, key: str, lot: CreditLot) -> None:
    amounts: Mapping[Account, int] = {CREDIT_ACCOUNT[LotKind(lot.kind)]: amount, Account.RECEIVABLE: -amount}
    take(post(account, Kind.REPAYMENT, key, amounts, reference=lot.pk), [(lot, amount)])
