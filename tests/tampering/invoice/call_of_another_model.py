from tests.support.invoices import Bundle

TITLE = "a call is put to a model that there is not"
CODE = 1
REASON = "is not in the invoice"


def tamper(bundle: Bundle) -> None:
    bundle.calls[0][4] = "other"
