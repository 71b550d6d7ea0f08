from tests.support.invoices import Bundle

TITLE = "the bundle is of another format"
CODE = 2
REASON = "the format is not"


def tamper(bundle: Bundle) -> None:
    bundle.head["format"] = "llama-console-invoice-bundle/2"
