from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage

TITLE = "a record of another row"
EXPECTED = "wrong-key"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.write(User, "email", stage.zoe.pk, stage.read(User, "email", stage.yan.pk))
    return stage.open_own
