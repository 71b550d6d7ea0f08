from collections.abc import Callable

from accounts.models import Membership
from ledger.append import adapt
from tests.tampering.stage import Stage

TITLE = "a row is given to another tenant"
EXPECTED = "wrong-key"


def tamper(stage: Stage) -> Callable[[], object]:
    row = stage.membership(stage.zoe)
    stage.write(Membership, "organization_id", row.pk, adapt(stage.alpacas.pk))
    return lambda: stage.open_role(stage.zoe, stage.alpacas)
