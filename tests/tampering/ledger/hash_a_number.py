from typing import Any

TITLE = "a hash is a number"
CODE = 2
REASON = "should be text"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["inclusion"][0] = 7
