from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage

TITLE = "a field that the grant does not name"
EXPECTED = "outside-grant"


def tamper(stage: Stage) -> Callable[[], object]:
    return lambda: stage.open_granted(fields=[User.phone])
