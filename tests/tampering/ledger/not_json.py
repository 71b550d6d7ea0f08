from typing import Any

TITLE = "the file is no JSON"
CODE = 2
REASON = "UNREADABLE"


def tamper(bundle: dict[str, Any]) -> str:
    return "hello"
