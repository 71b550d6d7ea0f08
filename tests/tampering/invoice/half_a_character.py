from tests.support.invoices import Bundle

TITLE = "the model of a line is half a character"
CODE = 1
REASON = "line 1 is not the sum"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["lines"][0]["model"] = "\ud800"
