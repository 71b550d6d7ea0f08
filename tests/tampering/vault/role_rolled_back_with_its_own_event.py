from collections.abc import Callable

from accounts.actions import change_role
from accounts.models import Membership, Role
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.tampering.stage import Stage

TITLE = "an older role is put back, and its event repeated as the newest"
EXPECTED = "rolled-back"


def tamper(stage: Stage) -> Callable[[], object]:
    row = stage.membership()
    record = stage.read(Membership, "role", row.pk)
    event = AuditEvent.objects.get(target=str(row.user_id), action=Action.MEMBER_ADDED)
    change_role(Actor.operator(), membership=row, role=Role.VIEWER)
    stage.write(Membership, "role", row.pk, record)
    repeated = {"target": event.target, "organization_id": event.organization_id, "actor": event.actor}
    AuditEvent.objects.create(action=event.action, payload={**event.payload, "version": 3}, **repeated)
    return stage.open_role
