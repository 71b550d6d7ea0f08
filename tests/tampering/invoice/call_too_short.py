from tests.support.invoices import Bundle

TITLE = "a call lacks its amount"
CODE = 2
REASON = "call 1 is not in the canonical form"


def tamper(bundle: Bundle) -> None:
    del bundle.calls[0][9]
