from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "plaintext in place of a record"
EXPECTED = "unreadable"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_email(lambda _: b"eve@example.com")
    return stage.open_own
