from typing import Any

from tests.support.ledger import resign

TITLE = "whoever holds the key signs another map"
CODE = 1
REASON = "does not end where the checkpoint's map says"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] = resign(bundle["checkpoint"], map=bytes(32))
