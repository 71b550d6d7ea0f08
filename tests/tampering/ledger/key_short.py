from typing import Any

TITLE = "the key is short"
CODE = 2
REASON = "base64 of 32 bytes"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["public_key"] = "AAAA"
