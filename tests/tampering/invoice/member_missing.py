from tests.support.invoices import Bundle

TITLE = "a member of the snapshot is missing"
CODE = 2
REASON = "the snapshot does not have the members"


def tamper(bundle: Bundle) -> None:
    del bundle.snapshot["mode"]
