from collections.abc import Callable
from functools import partial

from accounts.models import User
from tests.tampering.stage import Stage

TITLE = "a bit is flipped at every offset of a record"
EXPECTED = ("unreadable", "unknown-suite", "shredded", "wrong-key", "tampered")


def tamper(stage: Stage) -> list[Callable[[], object]]:
    record = stage.read(User, "email", stage.zoe.pk)

    def flipped(offset: int) -> object:
        stage.edit_email(lambda _: record[:offset] + bytes([record[offset] ^ 0x10]) + record[offset + 1 :])
        return stage.open_own()

    return [partial(flipped, offset) for offset in range(len(record))]
