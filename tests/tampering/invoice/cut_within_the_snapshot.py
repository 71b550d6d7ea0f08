from tests.support.invoices import Bundle

TITLE = "the file is cut within the snapshot"
CODE = 2
REASON = "ends within the line of the snapshot"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed()[:400]
