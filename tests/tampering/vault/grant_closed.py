from collections.abc import Callable

from tests.tampering.stage import Stage
from tests.vault.granting import BO
from vault.grants import close_grant

TITLE = "a grant that was closed"
EXPECTED = "grant-closed"


def tamper(stage: Stage) -> Callable[[], object]:
    close_grant(BO, grant=stage.grant.pk)
    return stage.open_granted
