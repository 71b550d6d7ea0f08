from collections.abc import Callable

from ledger.models import Erasure, LeafBody, LeafType
from tests.tampering.stage import Stage

TITLE = "an erasure is inserted, so that the openings of a grant can be dropped and counted no more"
EXPECTED = "tampered"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.open_granted()
    stage.open_granted()
    Erasure.objects.create(tenant=stage.zoe.pk)
    assert LeafBody.objects.filter(grant=stage.grant.pk, type=LeafType.OPENING).delete()[0] == 2
    return stage.open_granted
