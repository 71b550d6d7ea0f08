from tests.support.invoices import Bundle

TITLE = "the snapshot is of another format"
CODE = 2
REASON = "the format of the snapshot is not"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["format"] = "llama-console-invoice/2"
