from tests.support.invoices import Bundle

TITLE = "the organization is no UUID"
CODE = 2
REASON = ""


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["organization"] = "acme"
