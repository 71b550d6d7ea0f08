from tests.support.invoices import Bundle

TITLE = "the root is a number"
CODE = 2
REASON = "should be text"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["usage"]["root"] = 7
