from typing import Any

TITLE = "an entry is removed"
CODE = 1
REASON = "entry 3 is missing"


def tamper(bundle: dict[str, Any]) -> None:
    del bundle["leaves"][2]
