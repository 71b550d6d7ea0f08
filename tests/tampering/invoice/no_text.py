from tests.support.invoices import Bundle

TITLE = "the file is no text"
CODE = 2
REASON = "codec can't decode"


def tamper(bundle: Bundle) -> bytes:
    return b"\xff\xfe\n"
