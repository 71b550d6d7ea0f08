from typing import Any

TITLE = "a member is added"
CODE = 2
REASON = "does not have the members"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["note"] = "trust me"
