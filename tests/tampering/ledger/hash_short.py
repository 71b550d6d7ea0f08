from typing import Any

TITLE = "a hash is short"
CODE = 2
REASON = "lower-case hex"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["inclusion"][0] = "00"
