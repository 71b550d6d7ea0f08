from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "the fields of a grant are no list"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(fields=7)
    return stage.open_granted
