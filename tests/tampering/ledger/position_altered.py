from typing import Any

TITLE = "the position of an entry is altered"
CODE = 1
REASON = "not what its hash says"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["position"] += 1
