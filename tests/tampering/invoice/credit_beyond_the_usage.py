from tests.support.invoices import Bundle

TITLE = "more credit was taken than was used"
CODE = 1
REASON = "more credit was taken"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["amounts"]["credit"] = bundle.snapshot["amounts"]["usage"] + 1
