from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a record of a suite that does not exist"
EXPECTED = "unknown-suite"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_email(lambda record: record[:3] + b"\x7f" + record[4:])
    return stage.open_own
