from typing import Any

from tests.support.ledger import OUTSIDERS

TITLE = "the bundle is said to be of another tenant"
CODE = 1
REASON = "not what its hash says"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["tenant"] = str(OUTSIDERS)
