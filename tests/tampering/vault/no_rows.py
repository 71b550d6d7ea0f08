from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening

TITLE = "a scope over no rows"
EXPECTED = "refused"


def tamper(stage: Stage) -> Callable[[], object]:
    opening = Opening("own-account", f"user:{stage.zoe.pk}", stage.zoe.pk, ["accounts.User.email"], [])
    return lambda: unsealer().begin(opening)
