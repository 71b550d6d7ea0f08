from typing import Any

TITLE = "the earlier export is older than all that are listed"
CODE = 2
REASON = "older than the 500 that are listed. Download the later one again with ?earlier=7"


def tamper_pair(bundle: dict[str, Any], earlier: dict[str, Any]) -> None:
    same = {"checkpoint": bundle["checkpoint"], "proof": []}
    bundle["earlier"] = [same] * 500
