from typing import Any

from tests.support.ledger import resign

TITLE = "an earlier checkpoint of the same size has another map"
CODE = 1
REASON = "split view"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["earlier"] = [{"checkpoint": resign(bundle["checkpoint"], map=bytes(32)), "proof": []}]
