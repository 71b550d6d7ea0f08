from tests.support.invoices import Bundle

TITLE = "the invoice is in another currency"
CODE = 2
REASON = "the mode or the currency"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["currency"] = "eur"
