from tests.support.invoices import Bundle

TITLE = "the total is no number"
CODE = 2
REASON = "is not a whole number"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["cents"]["total"] = float("nan")
