from typing import Any

TITLE = "a body is altered"
CODE = 1
REASON = "not what its hash says"


def tamper(bundle: dict[str, Any]) -> None:
    leaf = bundle["leaves"][1]
    leaf["body"] = leaf["body"].replace("own-account", "sms")
