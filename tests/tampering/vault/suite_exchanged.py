from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a record that names the other suite"
EXPECTED = "wrong-key"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_email(lambda record: record[:3] + bytes([3 - record[3]]) + record[4:])
    return stage.open_own
