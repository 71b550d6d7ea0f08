from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.tampering.stage import Stage
from tests.vault.granting import requested
from vault.signing import signed_text
from vault.unsealer import unsealer

TITLE = "a grant that is signed and was not started"
EXPECTED = "grant-closed"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.grant = requested(stage.zoe)
    now = datetime.now(UTC)
    stage.grant.approver, stage.grant.approved_at, stage.grant.until = "staff:ana", now, now + timedelta(hours=1)
    stage.grant.signature = stage.approvers.keys["staff:ana"].sign(signed_text(stage.grant, unsealer().public_key()))
    stage.grant.save()
    return stage.open_granted
