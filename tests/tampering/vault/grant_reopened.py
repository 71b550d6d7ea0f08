from collections.abc import Callable
from datetime import UTC, datetime

from tests.tampering.stage import Stage
from tests.vault.granting import BO
from vault.grants import close_grant
from vault.signing import signed_text
from vault.unsealer import unsealer

TITLE = "a closed grant is signed and dated anew"
EXPECTED = "grant-closed"


def tamper(stage: Stage) -> Callable[[], object]:
    close_grant(BO, grant=stage.grant.pk)
    stage.grant.approved_at = datetime.now(UTC)
    stage.grant.signature = stage.approvers.keys["staff:ana"].sign(signed_text(stage.grant, unsealer().public_key()))
    stage.grant.save()
    return stage.open_granted
