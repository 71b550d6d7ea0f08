from tests.support.invoices import Bundle

TITLE = "a count of tokens has thousands of digits"
CODE = 2
REASON = "longer than any"


def tamper(bundle: Bundle) -> None:
    bundle.calls[0][7] = 10**4200
