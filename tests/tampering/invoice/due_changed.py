from tests.support.invoices import Bundle

TITLE = "what is due is changed"
CODE = 1
REASON = "the cents of what is due"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["cents"]["due"] -= 1
