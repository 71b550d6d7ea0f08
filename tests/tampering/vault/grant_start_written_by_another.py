from collections.abc import Callable

from ledger.append import append_leaf
from ledger.models import Erasure, LeafBody
from tests.support.ledger import PEN
from tests.tampering.stage import Stage
from vault.unsealer.grants import started

TITLE = "an erasure is inserted, all of a grant dropped, and its start written anew into the database"
EXPECTED = "tampered"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.open_granted()
    Erasure.objects.create(tenant=stage.zoe.pk)
    LeafBody.objects.filter(grant=stage.grant.pk).delete()
    append_leaf(started(stage.grant), pen=PEN)
    return stage.open_granted
