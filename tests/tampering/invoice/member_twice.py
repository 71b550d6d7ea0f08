from tests.support.invoices import Bundle

TITLE = "a member of the snapshot stands there twice"
CODE = 2
REASON = "the snapshot is not in the canonical form"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed().replace(b'"currency":"usd"', b'"currency":"eur","currency":"usd"', 1)
