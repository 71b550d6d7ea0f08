from tests.support.invoices import Bundle

TITLE = "the file is cut after the snapshot"
CODE = 1
REASON = "there are 0 calls"


def tamper(bundle: Bundle) -> bytes:
    return b"\n".join(bundle.sealed().split(b"\n")[:2]) + b"\n"
