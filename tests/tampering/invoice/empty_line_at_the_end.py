from tests.support.invoices import Bundle

TITLE = "there is an empty line at the end"
CODE = 2
REASON = "call 6 is not in the canonical form"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed() + b"\n"
