from collections.abc import Callable
from datetime import timedelta

from tests.tampering.stage import Stage
from vault.signing import signed_text
from vault.unsealer import unsealer

TITLE = "an approver signs for longer than twelve hours"
EXPECTED = "grant-too-long"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.grant.until = stage.grant.approved_at + timedelta(hours=13)
    stage.grant.signature = stage.approvers.keys["staff:ana"].sign(signed_text(stage.grant, unsealer().public_key()))
    stage.grant.save()
    return stage.open_granted
