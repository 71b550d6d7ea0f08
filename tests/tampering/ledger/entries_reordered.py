from typing import Any

TITLE = "two entries change places"
CODE = 1
REASON = "entry 2 is missing"


def tamper(bundle: dict[str, Any]) -> None:
    leaves = bundle["leaves"]
    leaves[1], leaves[2] = leaves[2], leaves[1]
