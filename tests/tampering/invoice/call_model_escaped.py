from tests.support.invoices import Bundle

TITLE = "the name of a model is written in another way"
CODE = 2
REASON = "the name of a model is not in the canonical form"


def tamper(bundle: Bundle) -> bytes:
    return bundle.sealed().replace(b'["0', b'["0').replace(b'"llama",100', b'"\\u006clama",100', 1)
