from tests.support.invoices import Bundle

TITLE = "the hash is changed"
CODE = 1
REASON = "not what its hash says"


def tamper(bundle: Bundle) -> bytes:
    bundle.head["hash"] = "0" * 64
    return bundle.written()
