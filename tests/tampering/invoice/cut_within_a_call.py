from tests.support.invoices import Bundle

TITLE = "the file is cut within a call"
CODE = 2
REASON = "ends within the line of call 5"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed()[:-1]
