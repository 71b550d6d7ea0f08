from tests.support.invoices import Bundle

TITLE = "lines change places"
CODE = 1
REASON = "line 1 is not the sum"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["lines"].reverse()
