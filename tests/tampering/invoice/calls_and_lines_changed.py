from tests.support.invoices import Bundle

TITLE = "a call and all figures are changed, but not the root"
CODE = 1
REASON = "not those that the root stands for"


def tamper(bundle: Bundle) -> None:
    bundle.calls[0][3] = bundle.calls[0][2]
