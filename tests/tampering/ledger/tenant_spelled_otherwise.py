from typing import Any

TITLE = "the tenant is spelled otherwise"
CODE = 2
REASON = "not a UUID in lower case"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["tenant"] = bundle["tenant"].upper()
