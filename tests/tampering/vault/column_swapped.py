from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage

TITLE = "a record of another column of the row"
EXPECTED = "tampered"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.write(User, "email", stage.zoe.pk, stage.read(User, "name", stage.zoe.pk))
    return stage.open_own
