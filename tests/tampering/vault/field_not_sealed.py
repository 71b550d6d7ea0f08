from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening

TITLE = "a field that is not sealed"
EXPECTED = "refused"


def tamper(stage: Stage) -> Callable[[], object]:
    opening = Opening("own-account", f"user:{stage.zoe.pk}", stage.zoe.pk, ["accounts.User.password"], [stage.zoe.pk])
    return lambda: unsealer().begin(opening)
