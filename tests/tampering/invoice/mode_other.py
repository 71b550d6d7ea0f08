from tests.support.invoices import Bundle

TITLE = "the invoice is of another mode"
CODE = 2
REASON = "the mode or the currency"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["mode"] = []
