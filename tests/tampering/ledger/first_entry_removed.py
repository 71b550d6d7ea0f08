from typing import Any

TITLE = "the first entry is removed"
CODE = 1
REASON = "entry 1 is missing"


def tamper(bundle: dict[str, Any]) -> None:
    del bundle["leaves"][0]
