import json
from typing import Any

TITLE = "a member stands twice"
CODE = 2
REASON = "stands twice"


def tamper(bundle: dict[str, Any]) -> str:
    return json.dumps(bundle).replace('"map"', '"leaves": [], "map"')
