from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.tampering.stage import Stage
from vault.signing import signed_text
from vault.unsealer import unsealer

TITLE = "an approver who is in no file signs"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.grant.approver = "staff:eve"
    stage.grant.signature = Ed25519PrivateKey.generate().sign(signed_text(stage.grant, unsealer().public_key()))
    stage.grant.save()
    return stage.open_granted
