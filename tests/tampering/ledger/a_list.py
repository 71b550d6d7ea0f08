from typing import Any

TITLE = "the file is a list"
CODE = 2
REASON = "does not have the members"


def tamper(bundle: dict[str, Any]) -> str:
    return "[]"
