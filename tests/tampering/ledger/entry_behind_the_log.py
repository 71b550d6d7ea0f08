from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "an entry stands just behind the end of the log"
CODE = 1
REASON = "behind the end of the log"


def tamper(bundle: dict[str, Any]) -> None:
    last = bundle["leaves"][-1]
    bundle["leaves"].append({**last, "position": 12, "sequence": last["sequence"] + 1})
    rehash(bundle)
