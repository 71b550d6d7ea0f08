from collections.abc import Callable
from functools import partial

from accounts.models import User
from tests.tampering.stage import Stage

TITLE = "a record is cut off at every length"
EXPECTED = ("unreadable", "tampered")


def tamper(stage: Stage) -> list[Callable[[], object]]:
    record = stage.read(User, "email", stage.zoe.pk)

    def cut(length: int) -> object:
        stage.edit_email(lambda _: record[:length])
        return stage.open_own()

    return [partial(cut, length) for length in range(len(record))]
