from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.models import DataKey
from vault.unsealer import unsealer

TITLE = "the versions of an older and the newest data key are swapped"
EXPECTED = "wrong-root"


def tamper(stage: Stage) -> Callable[[], object]:
    unsealer().rotate("operator:command-line", stage.zoe.pk, "customer-data")
    for old, new in ((1, 9), (2, 1), (9, 2)):
        DataKey.objects.filter(tenant=stage.zoe.pk, version=old).update(version=new)
    stage.restart()
    return stage.open_own
