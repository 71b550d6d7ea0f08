from tests.support.invoices import Bundle

TITLE = "a line is added"
CODE = 1
REASON = "more or fewer lines"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["lines"].append(bundle.snapshot["lines"][0])
