from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "an entry is inserted and the chain made anew"
CODE = 1
REASON = "do not stand in the checkpoint's tree"


def tamper(bundle: dict[str, Any]) -> None:
    leaves = bundle["leaves"]
    leaves.insert(1, {**leaves[1], "position": 1})
    for number, leaf in enumerate(leaves, start=1):
        leaf["sequence"] = number
    rehash(bundle)
