from tests.support.invoices import Bundle

TITLE = "the total has thousands of digits"
CODE = 2
REASON = "4300"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed().replace(b'"total":', b'"total":' + b"9" * 5000, 1)
