from tests.support.invoices import Bundle

TITLE = "the file is empty"
CODE = 2
REASON = "Expecting value"


def tamper(bundle: Bundle) -> bytes:
    return b""
