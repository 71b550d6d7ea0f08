from tests.support.invoices import Bundle

TITLE = "what a call costs is changed"
CODE = 1
REASON = "does not cost what its tokens"


def tamper(bundle: Bundle) -> None:
    bundle.calls[0][9] -= 1
