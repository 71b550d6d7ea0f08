from tests.support.invoices import Bundle

TITLE = "a price is changed"
CODE = 1
REASON = "does not cost what its tokens"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["prices"][0]["input"] -= 1
