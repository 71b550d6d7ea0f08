from tests.support.invoices import Bundle

TITLE = "the cents that are carried are changed"
CODE = 1
REASON = "the cents of what is carried"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["cents"]["carried"] += 1
