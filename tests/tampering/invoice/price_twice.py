from tests.support.invoices import Bundle

TITLE = "a version of a price stands there twice"
CODE = 1
REASON = "stands there twice"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["prices"] *= 2
