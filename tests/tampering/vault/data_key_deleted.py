from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.models import DataKey

TITLE = "a data key is deleted"
EXPECTED = "shredded"


def tamper(stage: Stage) -> Callable[[], object]:
    DataKey.objects.filter(tenant=stage.zoe.pk).delete()
    stage.restart()
    return stage.open_own
