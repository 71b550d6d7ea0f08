from tests.support.invoices import Bundle

TITLE = "the head is longer than any"
CODE = 2
REASON = "the line of the head is longer than any"


def tamper(bundle: Bundle) -> bytes:
    return b" " * 2000 + b"\n"
