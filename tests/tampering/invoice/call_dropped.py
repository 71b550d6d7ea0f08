from tests.support.invoices import Bundle

TITLE = "a call is dropped"
CODE = 1
REASON = "there are 4 calls, and the invoice is of 5"


def tamper(bundle: Bundle) -> None:
    del bundle.calls[2]
