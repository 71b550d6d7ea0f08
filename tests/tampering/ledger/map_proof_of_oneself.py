from typing import Any

from ledger.notes import open_note
from ledger.trie import key_of
from tests.support.ledger import LLAMAS, SIGNER

TITLE = "the map's proof of absence names the tenant itself"
CODE = 1
REASON = "the map says that there are entries"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["leaves"] = []
    bundle["inclusion"] = [open_note(bundle["checkpoint"], SIGNER.public_key).root.hex()]
    bundle["map"]["other"] = {"key": key_of(LLAMAS).hex(), "value": "00" * 32}
