from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "the signature is removed"
EXPECTED = "grant-not-approved"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(signature=None)
    return stage.open_granted
