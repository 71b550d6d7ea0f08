from typing import Any

TITLE = "a member is missing"
CODE = 2
REASON = "does not have the members"


def tamper(bundle: dict[str, Any]) -> None:
    del bundle["map"]
