from tests.support.invoices import Bundle

TITLE = "less than nothing is due"
CODE = 1
REASON = "less than nothing"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["amounts"]["carried"] = -(10**30)
