from tests.support.invoices import Bundle

TITLE = "a call stands there twice, and is counted twice"
CODE = 1
REASON = "call 2 stands twice or out of order"


def tamper(bundle: Bundle) -> None:
    bundle.calls.insert(1, bundle.calls[0])
    bundle.reckon()
