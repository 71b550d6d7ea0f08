from tests.support.invoices import Bundle

TITLE = "the snapshot has white space"
CODE = 2
REASON = "the snapshot is not in the canonical form"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed().replace(b'"currency":"usd"', b'"currency": "usd"', 1)
