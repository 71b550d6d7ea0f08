from tests.support.invoices import Bundle

TITLE = "a call began after the span"
CODE = 1
REASON = "began after the invoice's span"


def tamper(bundle: Bundle) -> None:
    bundle.calls[0][1] = bundle.snapshot["end"]
