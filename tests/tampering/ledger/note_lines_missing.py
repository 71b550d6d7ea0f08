from typing import Any

TITLE = "a checkpoint lacks a line"
CODE = 2
REASON = "does not have the lines"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] = bundle["checkpoint"].rstrip("\n")
