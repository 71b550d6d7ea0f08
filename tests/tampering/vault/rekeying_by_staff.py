from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage
from vault.unsealer import unsealer

TITLE = "somebody of staff seals again what was sealed"
EXPECTED = "refused"


def tamper(stage: Stage) -> Callable[[], object]:
    value = User.objects.get(pk=stage.zoe.pk).email.message()
    return lambda: unsealer().reseal("staff:bo", [value])
