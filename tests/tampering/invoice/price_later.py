from tests.support.invoices import Bundle

TITLE = "a price begins after its calls"
CODE = 1
REASON = "before its price"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["prices"][0]["effective_from"] = bundle.snapshot["end"]
