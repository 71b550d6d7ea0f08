from typing import Any

from ledger.leaves import commit

TITLE = "a body is dropped without a destruction"
CODE = 1
REASON = "no destruction after it says why"


def tamper(bundle: dict[str, Any]) -> None:
    drop(bundle["leaves"][1])


def drop(leaf: dict[str, Any]) -> None:
    salt, body = bytes.fromhex(leaf.pop("salt")), leaf.pop("body")
    leaf["commitment"] = commit(salt, body).hex()
