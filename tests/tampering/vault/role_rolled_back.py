from collections.abc import Callable

from accounts.actions import change_role
from accounts.models import Membership, Role
from ledger.actor import Actor
from tests.tampering.stage import Stage

TITLE = "an older role of the same member is put back"
EXPECTED = "rolled-back"


def tamper(stage: Stage) -> Callable[[], object]:
    row = stage.membership()
    record = stage.read(Membership, "role", row.pk)
    change_role(Actor.operator(), membership=row, role=Role.VIEWER)
    stage.write(Membership, "role", row.pk, record)
    return stage.open_role
