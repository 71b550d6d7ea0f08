from typing import Any

TITLE = "the earlier export's checkpoint is not listed"
CODE = 1
REASON = "does not list the earlier one's checkpoint"


def tamper_pair(bundle: dict[str, Any], earlier: dict[str, Any]) -> None:
    bundle["earlier"] = []
