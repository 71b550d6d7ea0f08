from tests.support.invoices import Bundle

TITLE = "the total is changed"
CODE = 1
REASON = "the cents of what is total"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["cents"]["total"] += 1
