from tests.support.invoices import Bundle

TITLE = "a call is added that costs nothing"
CODE = 1
REASON = "there are 6 calls"


def tamper(bundle: Bundle) -> None:
    bundle.calls.append([f"f{bundle.calls[-1][0][1:]}", *bundle.calls[-1][1:5], 0, 0, 0, 0, 0])
