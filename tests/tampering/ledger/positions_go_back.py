from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "an entry stands in the log before the entry before"
CODE = 1
REASON = "stands before the entry before"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][2]["position"] = 1
    rehash(bundle)
