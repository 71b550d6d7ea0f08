from tests.support.invoices import Bundle

TITLE = "a member is added to a line"
CODE = 2
REASON = "a line does not have the members"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["lines"][0]["note"] = 1
