from tests.support.invoices import Bundle

TITLE = "a cent moves from one line to another"
CODE = 1
REASON = "are not its share of the total"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["lines"][0]["cents"] += 1
    bundle.snapshot["lines"][2]["cents"] -= 1
