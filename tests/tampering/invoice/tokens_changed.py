from tests.support.invoices import Bundle

TITLE = "the tokens of a call are changed"
CODE = 1
REASON = "does not cost what its tokens"


def tamper(bundle: Bundle) -> None:
    bundle.calls[1][5] += 1
