from typing import Any

TITLE = "a number is negative"
CODE = 2
REASON = "not a whole number"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["at"] = -1
