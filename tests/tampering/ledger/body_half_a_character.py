from typing import Any

TITLE = "a body holds half a character"
CODE = 2
REASON = "UNREADABLE"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["body"] += "\ud800"
