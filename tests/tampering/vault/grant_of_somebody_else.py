from collections.abc import Callable

from ledger.actor import Actor
from tests.tampering.stage import Stage

TITLE = "a grant that somebody else asked for"
EXPECTED = "outside-grant"


def tamper(stage: Stage) -> Callable[[], object]:
    return lambda: stage.open_granted(actor=Actor.staff("cleo"))
