from tests.support.invoices import Bundle

TITLE = "the amount of the usage is changed"
CODE = 1
REASON = "not the sum of the calls"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["amounts"]["usage"] += 1
