from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a record of a version to come"
EXPECTED = "unknown-suite"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_email(lambda record: record[:2] + b"\x02" + record[3:])
    return stage.open_own
