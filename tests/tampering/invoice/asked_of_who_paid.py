from tests.support.invoices import Bundle

TITLE = "something is due from who pays in advance"
CODE = 1
REASON = "asked of who pays in advance"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["mode"] = "prepaid"
