from collections.abc import Callable

from django.db import connections

from ledger.models import LeafBody, LeafType
from tests.support.flush import without_guards
from tests.tampering.stage import Stage

TITLE = "the openings of a grant name it in their text alone, and no more in the column"
EXPECTED = "grant-used-up"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.open_granted()
    stage.open_granted()
    with without_guards(connections["vault"]):
        LeafBody.objects.filter(grant=stage.grant.pk, type=LeafType.OPENING).update(grant=None)
    return stage.open_granted
