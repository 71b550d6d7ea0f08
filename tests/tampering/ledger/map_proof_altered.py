from typing import Any

TITLE = "the map's proof is altered"
CODE = 1
REASON = "does not end where the checkpoint's map says"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["map"]["siblings"][0] = "00" * 32
