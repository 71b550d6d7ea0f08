from collections.abc import Callable

from ledger.models import Erasure, LeafBody, LeafType
from tests.tampering.stage import Stage

TITLE = "an erasure is inserted, and the openings of a grant say something else"
EXPECTED = "tampered"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.open_granted()
    stage.open_granted()
    Erasure.objects.create(tenant=stage.zoe.pk)
    openings = LeafBody.objects.filter(grant=stage.grant.pk, type=LeafType.OPENING)
    others = [
        LeafBody(position=body.position, tenant=body.tenant, type="event", actor="system:x", salt=body.salt, text="{}")
        for body in openings
    ]
    openings.delete()
    LeafBody.objects.bulk_create(others)
    return stage.open_granted
