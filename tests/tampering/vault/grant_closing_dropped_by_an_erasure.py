from collections.abc import Callable

from ledger.models import Erasure, LeafBody, LeafType
from tests.tampering.stage import Stage
from tests.vault.granting import BO
from vault.grants import close_grant

TITLE = "an erasure is inserted, so that the end of a grant can be dropped"
EXPECTED = "tampered"


def tamper(stage: Stage) -> Callable[[], object]:
    close_grant(BO, grant=stage.grant.pk)
    Erasure.objects.create(tenant=stage.zoe.pk)
    LeafBody.objects.filter(type=LeafType.GRANT_CLOSED).delete()
    return stage.open_granted
