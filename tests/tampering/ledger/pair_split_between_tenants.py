from typing import Any

from tests.support.ledger import OUTSIDERS
from tests.support.ledger_chain import other_history

TITLE = "two tenants were shown different logs of one size"
CODE = 1
REASON = "split view"


def tamper_pair(bundle: dict[str, Any], earlier: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return bundle, other_history(bundle, tenant=OUTSIDERS)
