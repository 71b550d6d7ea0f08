from tests.support.invoices import Bundle

TITLE = "the model of a line is a number"
CODE = 2
REASON = "should be text"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["lines"][0]["model"] = 7
