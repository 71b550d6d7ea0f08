from typing import Any

TITLE = "the tree's proof is too long"
CODE = 1
REASON = "do not stand in the checkpoint's tree"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["inclusion"].append("00" * 32)
