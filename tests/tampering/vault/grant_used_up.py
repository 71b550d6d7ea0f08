from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a grant that was used as often as it allows"
EXPECTED = "grant-used-up"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.open_granted()
    stage.open_granted()
    return stage.open_granted
