from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "an opening hides its fields in a list"
CODE = 1
REASON = "says nothing this verifier knows"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["body"] = '{"type":"opening","actor":"user:1","purpose":"sms","subjects":[],"fields":[["x"]]}'
    rehash(bundle)
