from typing import Any

from tests.support.ledger_chain import rehash

TITLE = "a body is altered and the chain made anew"
CODE = 1
REASON = "do not stand in the checkpoint's tree"


def tamper(bundle: dict[str, Any]) -> None:
    leaf = bundle["leaves"][1]
    leaf["body"] = leaf["body"].replace("own-account", "sms")
    rehash(bundle)
