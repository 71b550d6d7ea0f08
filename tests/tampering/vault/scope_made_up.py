from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage
from vault.unsealer import unsealer

TITLE = "a token that was never given"
EXPECTED = "scope-closed"


def tamper(stage: Stage) -> Callable[[], object]:
    value = User.objects.get(pk=stage.zoe.pk).email.message()
    return lambda: unsealer().open(bytes(16), [value])
