from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "a body has a member twice"
CODE = 1
REASON = "says nothing this verifier knows"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["body"] = '{"type":"event","actor":"a","actor":"b"}'
    rehash(bundle)
