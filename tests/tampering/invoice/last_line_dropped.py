from tests.support.invoices import Bundle

TITLE = "the last line is dropped"
CODE = 1
REASON = "more or fewer lines"


def tamper(bundle: Bundle) -> None:
    del bundle.snapshot["lines"][-1]
