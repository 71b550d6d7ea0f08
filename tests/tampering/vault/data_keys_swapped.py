from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.models import DataKey

TITLE = "the wrapped data keys of two tenants are swapped"
EXPECTED = "wrong-root"


def tamper(stage: Stage) -> Callable[[], object]:
    rows = [DataKey.objects.get(tenant=user.pk) for user in (stage.zoe, stage.yan)]
    for row, other in zip(rows, reversed(rows), strict=True):
        DataKey.objects.filter(pk=row.pk).update(wrapped=bytes(other.wrapped))
    stage.restart()
    return stage.open_own
