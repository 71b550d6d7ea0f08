from tests.support.invoices import Bundle

TITLE = "two calls change places"
CODE = 1
REASON = "out of order"


def tamper(bundle: Bundle) -> None:
    bundle.calls.reverse()
