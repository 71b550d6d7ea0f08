from typing import Any

TITLE = "all entries are removed"
CODE = 1
REASON = "do not stand in the checkpoint's tree"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"] = []
