from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening

TITLE = "the own data of somebody else"
EXPECTED = "refused"


def tamper(stage: Stage) -> Callable[[], object]:
    opening = Opening("own-account", f"user:{stage.yan.pk}", stage.zoe.pk, ["accounts.User.email"], [stage.zoe.pk])
    return lambda: unsealer().begin(opening)
