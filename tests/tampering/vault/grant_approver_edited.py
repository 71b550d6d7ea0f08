from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "the approver of a grant is edited"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(approver="staff:cleo")
    return stage.open_granted
