from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage

TITLE = "a record that names the key of another tenant"
EXPECTED = "wrong-key"


def tamper(stage: Stage) -> Callable[[], object]:
    other = stage.read(User, "email", stage.yan.pk)
    stage.edit_email(lambda record: record[:4] + other[4:12] + record[12:])
    return stage.open_own
