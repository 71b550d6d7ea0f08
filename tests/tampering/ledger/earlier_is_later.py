from typing import Any

from tests.support.ledger import resign

TITLE = "an earlier checkpoint is longer than this one"
CODE = 1
REASON = "not earlier"


def tamper(bundle: dict[str, Any]) -> None:
    earlier = bundle["earlier"][0]
    earlier["checkpoint"] = resign(earlier["checkpoint"], size=5000)
