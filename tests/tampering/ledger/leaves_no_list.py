from typing import Any

TITLE = "the entries are no list"
CODE = 2
REASON = "should be a list"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"] = {}
