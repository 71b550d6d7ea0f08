from typing import Any

TITLE = "a hash is no hex"
CODE = 2
REASON = "UNREADABLE"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["inclusion"][0] = "zz" * 32
