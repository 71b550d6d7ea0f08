from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a signature that is none"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(signature=b"signed, Ana")
    return stage.open_granted
