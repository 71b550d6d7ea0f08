from tests.support.invoices import Bundle

TITLE = "a count of tokens is a fraction"
CODE = 2
REASON = "call 1 is not in the canonical form"


def tamper(bundle: Bundle) -> None:
    bundle.calls[0][5] = 100.0
