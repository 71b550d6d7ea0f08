from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a grant has a purpose that does not exist"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(purpose="curiosity")
    return stage.open_granted
