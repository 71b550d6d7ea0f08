from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening

TITLE = "a purpose that does not exist"
EXPECTED = "refused"


def tamper(stage: Stage) -> Callable[[], object]:
    opening = Opening("unspecified", "operator:command-line", stage.zoe.pk, ["accounts.User.email"], [stage.zoe.pk])
    return lambda: unsealer().begin(opening)
