from tests.support.invoices import Bundle

TITLE = "the organization is in upper case"
CODE = 2
REASON = "not a UUID in lower case"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["organization"] = bundle.snapshot["organization"].upper()
