from tests.support.invoices import Bundle

TITLE = "the id of a call is in upper case"
CODE = 2
REASON = "call 1 is not in the canonical form"


def tamper(bundle: Bundle) -> None:
    bundle.calls[0][0] = bundle.calls[0][0].upper()
