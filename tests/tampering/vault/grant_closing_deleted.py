from collections.abc import Callable

from django.db import transaction

from ledger.models import LeafBody, LeafType
from tests.tampering.stage import Stage
from tests.vault.granting import BO
from vault.grants import close_grant

TITLE = "the closing of a grant is deleted from the ledger"
EXPECTED = "database"
RECORDED = False


def tamper(stage: Stage) -> Callable[[], object]:
    close_grant(BO, grant=stage.grant.pk)

    def delete() -> None:
        with transaction.atomic(using="vault"):
            LeafBody.objects.filter(type=LeafType.GRANT_CLOSED).delete()

    return delete
