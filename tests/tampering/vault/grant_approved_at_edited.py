from collections.abc import Callable
from datetime import timedelta

from tests.tampering.stage import Stage

TITLE = "a grant is approved later"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(approved_at=stage.grant.approved_at + timedelta(seconds=1))
    return stage.open_granted
