from typing import Any

TITLE = "a number is none"
CODE = 2
REASON = "NaN is no JSON"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["at"] = float("nan")
