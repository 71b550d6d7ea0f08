from typing import Any

TITLE = "the proof of an earlier checkpoint is too short"
CODE = 1
REASON = "a proof is too short"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["earlier"][0]["proof"].pop()
