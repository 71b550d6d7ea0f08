from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.models import DataKey
from vault.unsealer import unsealer

TITLE = "the data key of somebody erased, put back from a backup"
EXPECTED = "shredded"


def tamper(stage: Stage) -> Callable[[], object]:
    rows = list(DataKey.objects.filter(tenant=stage.zoe.pk))
    unsealer().shred("operator:command-line", stage.zoe.pk)
    DataKey.objects.bulk_create(rows)
    return stage.open_own
