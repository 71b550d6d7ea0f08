from typing import Any

from tests.support.ledger import OUTSIDERS
from tests.support.ledger_chain import other_history

TITLE = "two tenants' exports have no size in common"
CODE = 2
REASON = "nothing to compare"


def tamper_pair(bundle: dict[str, Any], earlier: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    bundle["earlier"] = []
    return bundle, other_history(bundle, tenant=OUTSIDERS, shorter=True)
