from typing import Any

TITLE = "the signature is another"
CODE = 1
REASON = "signature of a checkpoint is forged"


def tamper(bundle: dict[str, Any]) -> None:
    text = bundle["checkpoint"]
    bundle["checkpoint"] = text.replace("time 18", "time 17")
