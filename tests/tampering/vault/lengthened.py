from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a byte is added to a record"
EXPECTED = "tampered"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_email(lambda record: record + b"\0")
    return stage.open_own
