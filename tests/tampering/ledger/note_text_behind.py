from typing import Any

TITLE = "a checkpoint has text behind its signature"
CODE = 2
REASON = "does not have the lines"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] += "nobody signed this"
