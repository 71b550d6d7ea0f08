from tests.support.invoices import Bundle

TITLE = "a price is removed"
CODE = 1
REASON = "version 1 of the price of llama is not in the invoice"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["prices"] = []
