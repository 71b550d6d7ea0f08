from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage

TITLE = "a grant opens another field"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(fields=["accounts.User.email", "accounts.User.phone"])
    return lambda: stage.open_granted(fields=[User.email, User.phone])
