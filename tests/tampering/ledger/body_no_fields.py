from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "an opening does not say which fields"
CODE = 1
REASON = "says nothing this verifier knows"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["body"] = '{"type":"opening","actor":"user:1","purpose":"sms","subjects":[]}'
    rehash(bundle)
