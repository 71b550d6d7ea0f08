from typing import Any

from tests.support.ledger import resign

TITLE = "an empty log is signed with a root that hides entries"
CODE = 1
REASON = "an empty log has another root"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] = resign(bundle["checkpoint"], size=0)
    bundle["leaves"] = []
