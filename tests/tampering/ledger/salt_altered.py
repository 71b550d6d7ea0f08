from typing import Any

TITLE = "a salt is altered"
CODE = 1
REASON = "not what its hash says"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["salt"] = "00" * 32
