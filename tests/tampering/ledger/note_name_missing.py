from typing import Any

TITLE = "a checkpoint lacks the name"
CODE = 2
REASON = "does not have the lines"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] = "\n" + bundle["checkpoint"].partition("\n")[2]
