from tests.support.invoices import Bundle

TITLE = "the cents that credit paid are changed"
CODE = 1
REASON = "the cents of what is credit"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["cents"]["credit"] += 1
