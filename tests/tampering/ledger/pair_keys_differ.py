from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.notes import Signer
from tests.support.ledger import SIGNER
from tests.support.ledger_chain import other_history

TITLE = "the two exports are signed by different keys"
CODE = 1
REASON = "different keys"


def tamper_pair(bundle: dict[str, Any], earlier: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return bundle, other_history(bundle, signer=Signer(SIGNER.name, Ed25519PrivateKey.generate(), SIGNER.pen))
