from typing import Any

from tests.support.ledger import resign

TITLE = "an earlier checkpoint is of another log"
CODE = 1
REASON = "split view"


def tamper(bundle: dict[str, Any]) -> None:
    earlier = bundle["earlier"][0]
    earlier["checkpoint"] = resign(earlier["checkpoint"], root=bytes(32))
