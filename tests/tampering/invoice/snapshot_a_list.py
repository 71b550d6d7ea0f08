from tests.support.invoices import Bundle

TITLE = "the snapshot is a list"
CODE = 2
REASON = "the snapshot does not have the members"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot = []
