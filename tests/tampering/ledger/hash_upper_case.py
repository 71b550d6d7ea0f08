from typing import Any

TITLE = "a hash is in upper case"
CODE = 2
REASON = "lower-case hex"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["previous"] = bundle["leaves"][1]["previous"].upper()
