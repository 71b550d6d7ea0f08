from tests.support.invoices import Bundle

TITLE = "the head is a list"
CODE = 2
REASON = "the head does not have the members"


def tamper(bundle: Bundle) -> bytes:
    return b"[]\n"
