from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening
from vault.unsealer.scopes import MOST_SCOPES

TITLE = "scopes are begun without end, so that they fill the unsealer's memory"
EXPECTED = "too-many-scopes"


def tamper(stage: Stage) -> Callable[[], object]:
    value = User.objects.get(pk=stage.zoe.pk).email.message()
    opening = Opening("own-account", f"user:{stage.zoe.pk}", value.tenant, [value.label], [value.pk])
    for _ in range(MOST_SCOPES):
        unsealer().begin(opening)
    return lambda: unsealer().begin(opening)
