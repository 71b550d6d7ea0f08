from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a grant opens more often"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(maximum=500)
    return stage.open_granted
