from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.models import DataKey
from vault.unsealer import unsealer

TITLE = "an older data key is made the newest, so that it seals again"
EXPECTED = "wrong-root"
RECORDED = False  # it is refused where it would seal


def tamper(stage: Stage) -> Callable[[], object]:
    unsealer().rotate("operator:command-line", stage.zoe.pk, "customer-data")
    DataKey.objects.filter(tenant=stage.zoe.pk, version=1).update(version=3)
    stage.restart()
    stage.zoe.name = "Zoë"
    return stage.zoe.save
