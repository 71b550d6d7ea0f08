from tests.support.invoices import Bundle

TITLE = "the span ends before it begins"
CODE = 1
REASON = "no span"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["start"] = bundle.snapshot["end"]
