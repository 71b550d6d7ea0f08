from typing import Any

TITLE = "a checkpoint has a line that nobody signed before its signature"
CODE = 2
REASON = "does not have the lines"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] = bundle["checkpoint"].replace("\n\n", "\nnobody signed this\n", 1)
