from tests.support.invoices import Bundle

TITLE = "a call is nested deeper than anything reads"
CODE = 2
REASON = "longer than any"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed() + b"[" * 100_000 + b"\n"
