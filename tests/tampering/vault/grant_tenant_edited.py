from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a grant moves to another tenant"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(tenant=stage.yan.pk)
    return stage.open_granted
