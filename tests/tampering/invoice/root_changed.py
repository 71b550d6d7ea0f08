from tests.support.invoices import Bundle

TITLE = "the root is changed"
CODE = 1
REASON = "not those that the root stands for"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["usage"]["root"] = "0" * 64
