from tests.support.invoices import Bundle

TITLE = "the tokens of a call and what they cost are changed"
CODE = 1
REASON = "line 1 is not the sum of its calls"


def tamper(bundle: Bundle) -> None:
    bundle.calls[1][5] += 1
    bundle.calls[1][9] += 180_000
