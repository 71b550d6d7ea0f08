from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "the rows of a grant are no ids"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(subjects=[1, None])
    return stage.open_granted
