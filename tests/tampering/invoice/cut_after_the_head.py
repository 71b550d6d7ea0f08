from tests.support.invoices import Bundle

TITLE = "the file is cut after the head"
CODE = 2
REASON = "Expecting value"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed().split(b"\n")[0] + b"\n"
