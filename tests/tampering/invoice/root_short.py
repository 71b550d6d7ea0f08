from tests.support.invoices import Bundle

TITLE = "the root is short"
CODE = 2
REASON = "64 lower-case hex digits"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["usage"]["root"] = "00"
