from typing import Any

from tests.support.ledger_chain import sign

TITLE = "a checkpoint counts with a leading zero"
CODE = 2
REASON = "not decimal"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] = sign(bundle["checkpoint"].replace("\n12\n", "\n" + "012" + "\n", 1))
