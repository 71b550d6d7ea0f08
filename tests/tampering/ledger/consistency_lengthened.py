from typing import Any

TITLE = "the proof of an earlier checkpoint is too long"
CODE = 1
REASON = "a proof is too long"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["earlier"][0]["proof"] += ["00" * 32] * 9
