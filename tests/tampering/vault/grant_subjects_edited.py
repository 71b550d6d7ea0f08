from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a grant opens another row"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(subjects=[str(stage.zoe.pk), str(stage.yan.pk)])
    return stage.open_granted
