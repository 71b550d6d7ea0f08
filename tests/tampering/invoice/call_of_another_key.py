from tests.support.invoices import Bundle

TITLE = "a call is put to another key"
CODE = 1
REASON = "not those that the root stands for"


def tamper(bundle: Bundle) -> None:
    bundle.calls[0][3] = bundle.calls[0][0]
