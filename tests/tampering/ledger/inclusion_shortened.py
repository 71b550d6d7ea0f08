from typing import Any

TITLE = "the tree's proof is too short"
CODE = 1
REASON = "a proof is too short"


def tamper(bundle: dict[str, Any]) -> None:
    del bundle["inclusion"][-1]
