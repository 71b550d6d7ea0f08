from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage

TITLE = "a text where the column has bytes"
EXPECTED = "unreadable"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.write(User, "email", stage.zoe.pk, "zoe@example.com")
    return stage.open_own
