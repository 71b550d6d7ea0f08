from collections.abc import Callable

from ledger.models import Erasure, LeafBody
from tests.tampering.stage import Stage
from vault.unsealer import unsealer

TITLE = "an erasure is inserted, all of a grant dropped, and the grant started again"
EXPECTED = "tampered"
RECORDED = False  # it is refused where it would start


def tamper(stage: Stage) -> Callable[[], object]:
    stage.open_granted()
    Erasure.objects.create(tenant=stage.zoe.pk)
    LeafBody.objects.filter(grant=stage.grant.pk).delete()
    return lambda: unsealer().start_grant(stage.grant.pk)
