from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.signing import signed_text
from vault.unsealer import unsealer

TITLE = "a grant is approved by whoever asked, in another spelling"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.grant.approver = "staff:Bo"
    stage.grant.signature = stage.approvers.keys["staff:bo"].sign(signed_text(stage.grant, unsealer().public_key()))
    stage.grant.save()
    return stage.open_granted
