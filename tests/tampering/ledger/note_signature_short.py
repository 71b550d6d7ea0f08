from typing import Any

TITLE = "a signature is short"
CODE = 2
REASON = "base64 of 68 bytes"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] = bundle["checkpoint"][:-5] + "\n"
