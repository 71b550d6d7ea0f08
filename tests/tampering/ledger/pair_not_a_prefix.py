from typing import Any

from tests.support.ledger_chain import other_history

TITLE = "the earlier export had other entries"
CODE = 1
REASON = "not the first ones"


def tamper_pair(bundle: dict[str, Any], earlier: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return bundle, other_history(bundle, shorter=True)
