from typing import Any

TITLE = "an entry has both body and commitment"
CODE = 2
REASON = "does not have the members"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"][1]["commitment"] = "00" * 32
