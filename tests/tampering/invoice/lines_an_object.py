from tests.support.invoices import Bundle

TITLE = "the lines are no list"
CODE = 2
REASON = "there is no list of each line"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["lines"] = {}
