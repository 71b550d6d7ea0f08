from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening

TITLE = "an actor whom the purpose does not name"
EXPECTED = "refused"


def tamper(stage: Stage) -> Callable[[], object]:
    opening = Opening("email-notification", "staff:bo", stage.zoe.pk, ["accounts.User.email"], [stage.zoe.pk])
    return lambda: unsealer().begin(opening)
