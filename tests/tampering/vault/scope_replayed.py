from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening

TITLE = "the token of a scope that was left"
EXPECTED = "scope-closed"


def tamper(stage: Stage) -> Callable[[], object]:
    value = User.objects.get(pk=stage.zoe.pk).email.message()
    token = unsealer().begin(Opening("own-account", f"user:{stage.zoe.pk}", value.tenant, [value.label], [value.pk]))
    unsealer().end(token)
    return lambda: unsealer().open(token, [value])
