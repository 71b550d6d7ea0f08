from tests.support.invoices import Bundle

TITLE = "the version of a line's price is changed"
CODE = 1
REASON = "line 1 is not the sum of its calls"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["lines"][0]["price_version"] = 2
