from tests.support.invoices import Bundle

TITLE = "the invoice is put to another organization, under the hash that it had"
CODE = 1
REASON = "not what its hash says"


def tamper(bundle: Bundle) -> bytes:
    bundle.snapshot["organization"] = "00000000-0000-4000-8000-000000000000"
    return bundle.written()
