from tests.support.invoices import Bundle

TITLE = "a call is said to have no price"
CODE = 1
REASON = "does not cost what its tokens"


def tamper(bundle: Bundle) -> None:
    bundle.calls[0][8] = 0
