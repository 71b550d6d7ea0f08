from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "two entries stand at one position of the log"
CODE = 1
REASON = "stands before the entry before"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][2]["position"] = bundle["leaves"][1]["position"]
    rehash(bundle)
