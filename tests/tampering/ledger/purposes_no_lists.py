from typing import Any

TITLE = "the purposes have no lists"
CODE = 2
REASON = "should be a list"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["purposes"] = {"sms": "all"}
