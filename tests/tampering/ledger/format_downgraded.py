from typing import Any

TITLE = "the format is another"
CODE = 2
REASON = "the format is not"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["format"] = "llama-console-ledger/0"
