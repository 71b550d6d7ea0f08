import json
from typing import Any

TITLE = "a number has more digits than anything reads"
CODE = 2
REASON = "UNREADABLE"


def tamper(bundle: dict[str, Any]) -> str:
    return json.dumps(bundle).replace('"position": 0', '"position": ' + "9" * 5000)
