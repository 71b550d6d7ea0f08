from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "two bodies change places and the chain is made anew"
CODE = 1
REASON = "do not stand in the checkpoint's tree"


def tamper(bundle: dict[str, Any]) -> None:
    one, other = bundle["leaves"][1:3]
    one["body"], other["body"] = other["body"], one["body"]
    rehash(bundle)
