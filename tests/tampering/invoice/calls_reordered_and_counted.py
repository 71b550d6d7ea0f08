from tests.support.invoices import Bundle

TITLE = "two calls change places, and the root is that of the new order"
CODE = 1
REASON = "out of order"


def tamper(bundle: Bundle) -> None:
    bundle.calls.reverse()
    bundle.reckon()
