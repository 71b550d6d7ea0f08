from collections.abc import Callable

from accounts.actions import remove_member
from accounts.models import Membership
from ledger.actor import Actor
from tests.tampering.stage import Stage

TITLE = "the membership of somebody who was removed is put back"
EXPECTED = "rolled-back"


def tamper(stage: Stage) -> Callable[[], object]:
    row = stage.membership()
    pk, record = row.pk, stage.read(Membership, "role", row.pk)
    remove_member(Actor.operator(), membership=row)
    Membership.objects.bulk_create([Membership(id=pk, organization=stage.llamas, user=stage.zoe, role="0 viewer")])
    stage.write(Membership, "role", pk, record)
    return stage.open_role
