from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "a body is nested deeper than anything reads"
CODE = 1
REASON = "says nothing this verifier knows"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["body"] = "[" * 100_000
    rehash(bundle)
