from tests.support.invoices import Bundle

TITLE = "a call has white space"
CODE = 2
REASON = "call 1 is not in the canonical form"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed().replace(b",100,40,", b", 100,40,", 1)
