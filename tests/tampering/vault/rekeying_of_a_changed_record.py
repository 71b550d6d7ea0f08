from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage
from vault.unsealer import unsealer

TITLE = "a changed record is sealed again"
EXPECTED = "tampered"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.edit_email(lambda record: record[:-1] + bytes([record[-1] ^ 1]))
    value = User.objects.get(pk=stage.zoe.pk).email.message()
    return lambda: unsealer().reseal("operator:command-line", [value])
