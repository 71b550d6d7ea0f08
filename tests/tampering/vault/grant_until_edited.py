from collections.abc import Callable
from datetime import timedelta

from tests.tampering.stage import Stage

TITLE = "a grant is prolonged"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(until=stage.grant.until + timedelta(hours=1))
    return stage.open_granted
