from collections.abc import Callable

from accounts.actions import change_role
from accounts.models import Membership, Role
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.tampering.stage import Stage

TITLE = "an older role is put back, and an event inserted that names its version"
EXPECTED = "rolled-back"


def tamper(stage: Stage) -> Callable[[], object]:
    row = stage.membership()
    record = stage.read(Membership, "role", row.pk)
    change_role(Actor.operator(), membership=row, role=Role.VIEWER)
    stage.write(Membership, "role", row.pk, record)
    AuditEvent.objects.create(
        actor="operator:command-line",
        action=Action.MEMBER_ROLE_CHANGED,
        target=str(row.user_id),
        organization_id=row.organization_id,
        payload={"version": 1},
    )
    return stage.open_role
