from tests.support.invoices import Bundle

TITLE = "the invoice has no number"
CODE = 1
REASON = "no number"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["number"] = 0
