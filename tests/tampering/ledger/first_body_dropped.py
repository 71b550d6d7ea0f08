from typing import Any

from tests.tampering.ledger import body_dropped

TITLE = "the body of the first entry is dropped without a destruction"
CODE = 1
REASON = "entry 1 lacks its body, and no destruction after it says why"


def tamper(bundle: dict[str, Any]) -> None:
    body_dropped.drop(bundle["leaves"][0])
