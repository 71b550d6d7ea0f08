from tests.support.invoices import Bundle

TITLE = "a call is dropped, and count and root are those of the rest"
CODE = 1
REASON = "line 1 is not the sum of its calls"


def tamper(bundle: Bundle) -> None:
    del bundle.calls[2]
    bundle.reckon()
