from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.notes import Signer
from tests.support.ledger import SIGNER, resign

TITLE = "another key signed"
CODE = 1
REASON = "signed by another key than the bundle's"


def tamper(bundle: dict[str, Any]) -> None:
    signer = Signer(SIGNER.name, Ed25519PrivateKey.generate(), SIGNER.pen)
    bundle["checkpoint"] = resign(bundle["checkpoint"], signer)
