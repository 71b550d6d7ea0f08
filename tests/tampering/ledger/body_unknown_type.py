from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "an entry has a type that nobody knows"
CODE = 1
REASON = "says nothing this verifier knows"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["body"] = '{"type":"peek","actor":"user:1"}'
    rehash(bundle)
