from tests.support.invoices import Bundle

TITLE = "the file is no JSON"
CODE = 2
REASON = "Expecting value"


def tamper(bundle: Bundle) -> bytes:
    return b"hello\n"
