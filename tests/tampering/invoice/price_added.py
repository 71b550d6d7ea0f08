from tests.support.invoices import Bundle

TITLE = "there is a price that no call has"
CODE = 1
REASON = "the prices are not those of the calls"


def tamper(bundle: Bundle) -> None:
    bundle.snapshot["prices"].append({**bundle.snapshot["prices"][0], "version": 2})
