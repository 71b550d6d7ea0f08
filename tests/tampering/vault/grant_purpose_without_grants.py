from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a grant has a purpose that knows no grants"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(purpose="own-account")
    return stage.open_granted
