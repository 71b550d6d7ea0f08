from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.purposes import Purpose

TITLE = "the purpose of a grant is edited"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_grant(purpose="legal-obligation")
    return lambda: stage.open_granted(purpose=Purpose.LEGAL_OBLIGATION)
