from tests.support.invoices import Bundle

TITLE = "all calls are dropped"
CODE = 1
REASON = "there are 0 calls"


def tamper(bundle: Bundle) -> None:
    bundle.calls = []
