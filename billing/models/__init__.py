from billing.models.account import BillingAccount, Mode
from billing.models.hold import Hold
from billing.models.invoice import Invoice, InvoiceLine, InvoiceStatus
from billing.models.journal import Account, Kind, Posting, Transaction
from billing.models.lot import CreditLot, Draw, LotKind

__all__ = [
    "Account",
    "BillingAccount",
    "CreditLot",
    "Draw",
    "Hold",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "Kind",
    "LotKind",
    "Mode",
    "Posting",
    "Transaction",
]
