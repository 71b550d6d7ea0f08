from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.models import DataKey

TITLE = "a data key is given to another tenant"
EXPECTED = "wrong-root"


def tamper(stage: Stage) -> Callable[[], object]:
    DataKey.objects.filter(tenant=stage.yan.pk).delete()
    DataKey.objects.filter(tenant=stage.zoe.pk).update(tenant=stage.yan.pk)
    stage.restart()
    return stage.open_own
