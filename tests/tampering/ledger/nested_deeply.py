from typing import Any

TITLE = "the file is nested deeper than anything reads"
CODE = 2
REASON = "UNREADABLE"


def tamper(bundle: dict[str, Any]) -> str:
    return "[" * 1_000_000
