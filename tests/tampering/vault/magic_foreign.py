from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a record of another program"
EXPECTED = "unreadable"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_email(lambda record: b"XX" + record[2:])
    return stage.open_own
