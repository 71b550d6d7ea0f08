from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "a body has no type"
CODE = 1
REASON = "entry 2 has a body that says nothing this verifier knows"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["body"] = '{"actor":"user:1"}'
    rehash(bundle)
