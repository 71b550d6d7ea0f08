from typing import Any

TITLE = "the tree's proof is altered"
CODE = 1
REASON = "do not stand in the checkpoint's tree"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["inclusion"][0] = "00" * 32
