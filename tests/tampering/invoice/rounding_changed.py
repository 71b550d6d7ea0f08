from tests.support.invoices import Bundle

TITLE = "the rounding is changed"
CODE = 1
REASON = "the rounding is not"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["amounts"]["rounding"] += 1
