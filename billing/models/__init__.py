from billing.models.account import BillingAccount, Mode
from billing.models.hold import Hold
from billing.models.invoice import Invoice, InvoiceLine, InvoiceStatus
from billing.models.journal import Account, Kind, Posting, Transaction
from billing.models.lot import CreditLot, Draw, LotKind
from billing.models.recharge import AutoRecharge
from billing.models.stripe_event import EventState, StripeEvent
from billing.models.stripe_intent import Deed, IntentState, StripeIntent
from billing.models.topup import Origin, TopUp, TopUpStatus
from billing.models.warning import BalanceWarning

__all__ = [
    "Account",
    "AutoRecharge",
    "BalanceWarning",
    "BillingAccount",
    "CreditLot",
    "Deed",
    "Draw",
    "EventState",
    "Hold",
    "IntentState",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "Kind",
    "LotKind",
    "Mode",
    "Origin",
    "Posting",
    "StripeEvent",
    "StripeIntent",
    "TopUp",
    "TopUpStatus",
    "Transaction",
]
