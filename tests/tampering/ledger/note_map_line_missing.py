from typing import Any

from tests.support.ledger_chain import sign

TITLE = "a signed checkpoint has no map"
CODE = 2
REASON = "lacks the line that starts with"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] = sign(bundle["checkpoint"].replace("map ", "mop "))
