from collections.abc import Callable

from tests.tampering.stage import Stage
from tests.vault.granting import approved

TITLE = "the signature of another grant"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    other = approved(stage.yan, stage.approvers)
    stage.edit_grant(signature=other.signature)
    return stage.open_granted
