from typing import Any

TITLE = "an entry is a number"
CODE = 2
REASON = "does not have the members"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1] = 7
