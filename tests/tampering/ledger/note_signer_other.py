from typing import Any

TITLE = "a checkpoint is signed under another name"
CODE = 2
REASON = "lacks the line that starts with"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] = bundle["checkpoint"].replace("— console", "— consale")
