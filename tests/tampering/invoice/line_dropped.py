from tests.support.invoices import Bundle

TITLE = "a line is dropped"
CODE = 1
REASON = "line 3 is not the sum"


def tamper(bundle: Bundle) -> None:
    del bundle.snapshot["lines"][2]
