from typing import Any

from tests.support.ledger import resign

TITLE = "an earlier checkpoint of an empty log has entries"
CODE = 1
REASON = "split view"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["earlier"] = [{"checkpoint": resign(bundle["checkpoint"], size=0), "proof": []}]
