from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening

TITLE = "a value of another tenant"
EXPECTED = "outside-scope"


def tamper(stage: Stage) -> Callable[[], object]:
    value = User.objects.get(pk=stage.yan.pk).email.message()
    actor, label = f"user:{stage.zoe.pk}", "accounts.User.email"
    token = unsealer().begin(Opening("own-account", actor, stage.zoe.pk, [label], [value.pk]))
    return lambda: unsealer().open(token, [value])
