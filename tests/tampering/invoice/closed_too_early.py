from tests.support.invoices import Bundle

TITLE = "the invoice was closed before its end"
CODE = 1
REASON = "before its span was over"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["closed"] = bundle.snapshot["end"] - 1
