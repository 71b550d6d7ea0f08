from typing import Any

from tests.support.ledger import resign

TITLE = "whoever holds the key signs another root"
CODE = 1
REASON = "do not stand in the checkpoint's tree"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["checkpoint"] = resign(bundle["checkpoint"], root=bytes(32))
