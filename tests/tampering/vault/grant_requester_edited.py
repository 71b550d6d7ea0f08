from collections.abc import Callable

from ledger.actor import Actor
from tests.tampering.stage import Stage

TITLE = "a grant is given to somebody else"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(requester="staff:cleo")
    return lambda: stage.open_granted(actor=Actor.staff("cleo"))
