from tests.support.invoices import Bundle

TITLE = "members of the snapshot change places"
CODE = 2
REASON = "the snapshot is not in the canonical form"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed().replace(b'"currency":"usd","end"', b'"end":1,"currency":"usd","end"', 1)
