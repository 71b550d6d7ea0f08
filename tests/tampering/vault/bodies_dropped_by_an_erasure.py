from collections.abc import Callable

from ledger.append import append_leaf
from ledger.models import Erasure, Leaf, LeafBody
from tests.support.ledger import PEN, destruction
from tests.tampering.stage import Stage
from vault.unsealer import unsealer

TITLE = "an erasure is inserted, or a destruction, so that the unsealer drops what leaves say"
EXPECTED = "not-erased"
RECORDED = False  # nothing was to be opened


def tamper(stage: Stage) -> list[Callable[[], object]]:
    """Of Zoë an erasure alone, of Yan a destruction with another's mark, of the Llamas a body without its leaf."""
    zoe, yan, llamas = stage.zoe.pk, stage.yan.pk, stage.llamas.pk
    for tenant in (zoe, yan, llamas):
        Erasure.objects.create(tenant=tenant)
    append_leaf(destruction(yan), pen=PEN)
    said = {"type": "destruction", "actor": "system:x", "salt": bytes(32), "text": destruction(llamas).body()}
    LeafBody.objects.create(position=Leaf.objects.count() + 5, tenant=llamas, **said)
    return [lambda tenant=tenant: unsealer().drop_bodies(tenant) for tenant in (zoe, yan, llamas)]  # type: ignore[misc]
