from typing import Any

TITLE = "a number is a fraction"
CODE = 2
REASON = "not a whole number"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["at"] = 1.0
