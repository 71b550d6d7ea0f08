from collections.abc import Callable

from accounts.models import Membership
from tests.tampering.stage import Stage

TITLE = "a record of another row of the same tenant"
EXPECTED = "tampered"


def tamper(stage: Stage) -> Callable[[], object]:
    record = stage.read(Membership, "role", stage.membership(stage.zoe).pk)
    stage.write(Membership, "role", stage.membership(stage.yan).pk, record)
    return lambda: stage.open_role(stage.yan)
