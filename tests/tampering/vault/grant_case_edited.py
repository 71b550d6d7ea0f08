from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "the case of a grant is edited"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(case="T-2")
    return stage.open_granted
