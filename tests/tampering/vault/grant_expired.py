from collections.abc import Callable
from datetime import timedelta

from ledger.models import Log
from tests.tampering.stage import Stage

TITLE = "a grant whose time is over"
EXPECTED = "grant-expired"


def tamper(stage: Stage) -> Callable[[], object]:
    Log.objects.update(at=int((stage.grant.until + timedelta(seconds=1)).timestamp() * 1_000_000))
    return stage.open_granted
