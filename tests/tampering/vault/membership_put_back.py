from collections.abc import Callable

from accounts.actions import add_member
from accounts.models import Membership, Role
from ledger.actor import Actor
from tests.tampering.stage import Stage

TITLE = "a membership that was deleted is put back after a newer one"
EXPECTED = "rolled-back"


def tamper(stage: Stage) -> Callable[[], object]:
    row = stage.membership()
    pk, record = row.pk, stage.read(Membership, "role", row.pk)
    row.delete()
    add_member(Actor.operator(), organization=stage.llamas, user=stage.zoe, role=Role.VIEWER).delete()
    Membership.objects.bulk_create([Membership(id=pk, organization=stage.llamas, user=stage.zoe, role="0 viewer")])
    stage.write(Membership, "role", pk, record)
    return stage.open_role
