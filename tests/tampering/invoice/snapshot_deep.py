from tests.support.invoices import Bundle

TITLE = "the snapshot is nested deeper than anything reads"
CODE = 2
REASON = ""


def tamper(bundle: Bundle) -> bytes:
    head, *_ = bundle.sealed().split(b"\n")
    return head + b"\n" + b"[" * 100_000 + b"\n"
