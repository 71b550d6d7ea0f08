from tests.support.invoices import Bundle

TITLE = "the total is true"
CODE = 2
REASON = "a number is not a whole number"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["cents"]["total"] = True
