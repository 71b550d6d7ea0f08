from typing import Any

TITLE = "the purposes are no table"
CODE = 2
REASON = "not a table"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["purposes"] = []
