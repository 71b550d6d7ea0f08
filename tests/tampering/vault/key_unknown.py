from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a record that names a key nobody has"
EXPECTED = "shredded"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_email(lambda record: record[:4] + bytes(8) + record[12:])
    return stage.open_own
