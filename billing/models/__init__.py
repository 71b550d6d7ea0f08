from billing.models.account import BillingAccount, Mode, Suspension
from billing.models.anomaly import SpendingAnomaly
from billing.models.budget import Budget, Period
from billing.models.cap_alert import CapAlert
from billing.models.dispute import Dispute, DisputeStatus
from billing.models.hold import Hold
from billing.models.invoice import Invoice, InvoiceLine, InvoiceStatus
from billing.models.journal import Account, Kind, Posting, Transaction
from billing.models.lot import CreditLot, Draw, LotKind
from billing.models.recharge import AutoRecharge
from billing.models.reconciliation import Finding, ReconciliationRun
from billing.models.refund import Refund, RefundStatus
from billing.models.stripe_event import EventState, StripeEvent
from billing.models.stripe_intent import Deed, IntentState, StripeIntent
from billing.models.topup import Origin, TopUp, TopUpStatus
from billing.models.warning import BalanceWarning

__all__ = [
    "Account",
    "AutoRecharge",
    "BalanceWarning",
    "BillingAccount",
    "Budget",
    "CapAlert",
    "CreditLot",
    "Deed",
    "Dispute",
    "DisputeStatus",
    "Draw",
    "EventState",
    "Finding",
    "Hold",
    "IntentState",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "Kind",
    "LotKind",
    "Mode",
    "Origin",
    "Period",
    "Posting",
    "ReconciliationRun",
    "Refund",
    "RefundStatus",
    "SpendingAnomaly",
    "StripeEvent",
    "StripeIntent",
    "Suspension",
    "TopUp",
    "TopUpStatus",
    "Transaction",
]
