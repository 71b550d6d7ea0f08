from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.purposes import Purpose

TITLE = "a grant for another purpose"
EXPECTED = "outside-grant"


def tamper(stage: Stage) -> Callable[[], object]:
    return lambda: stage.open_granted(purpose=Purpose.LEGAL_OBLIGATION)
