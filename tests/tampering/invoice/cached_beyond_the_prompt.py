from tests.support.invoices import Bundle

TITLE = "a call has more cached tokens than its prompt"
CODE = 1
REASON = "more cached tokens"


def tamper(bundle: Bundle) -> None:
    bundle.calls[0][6] = 101
