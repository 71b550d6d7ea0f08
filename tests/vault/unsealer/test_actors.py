"""Who acts is named in one spelling, and what names nobody gets into no leaf but that of its refusal."""

from collections.abc import Callable

import pytest

from ledger.ids import new_id
from ledger.models import LeafBody, LeafType
from tests.vault.unsealer.running import EMAIL
from vault.errors import VaultError
from vault.planes import Plane
from vault.unsealer import Unsealer
from vault.unsealer.messages import Opening

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = [
    "",
    "user",
    "user:",
    "user:zoe",
    "user:01A20F3B-130E-7427-9F52-07FD76B9F3A3",
    "key:1",
    "system:",
    "system:worker\nnever: anything",
    "system:worker case T-1",
    "system:w\u043erker",
    "system:wor\u202eker",
    "system:\x00",
    "operator:" + "x" * 1000,
    "System:worker",
]


@pytest.mark.parametrize("actor", NOBODY)
def test_nobody_opens_and_the_refusal_is_recorded_on_one_line(unsealer: Unsealer, actor: str) -> None:
    tenant = new_id()
    with pytest.raises(VaultError, match="no such actor"):
        unsealer.begin(Opening("team-administration", actor, tenant, [EMAIL], [tenant]))
    leaf = LeafBody.objects.get(tenant=tenant)
    assert leaf.type == LeafType.REFUSAL
    assert leaf.actor.isprintable() or not leaf.actor
    assert len(leaf.actor) <= 80


@pytest.mark.parametrize("actor", ["system:worker\n", "staff:ana", "user:zoe"])
def test_only_who_may_makes_or_destroys_keys(unsealer: Unsealer, actor: str) -> None:
    tenant = new_id()
    refused: list[Callable[[], object]] = [
        lambda: unsealer.rotate(actor, tenant, Plane.CUSTOMER_DATA),
        lambda: unsealer.retire(actor, tenant, Plane.CUSTOMER_DATA, 1),
        lambda: unsealer.shred(actor, tenant),
    ]
    for ask in refused:
        with pytest.raises(VaultError, match=r"no such actor|not for this actor"):
            ask()
    assert not LeafBody.objects.filter(tenant=tenant).exists()


def test_nobody_closes_a_grant(unsealer: Unsealer) -> None:
    with pytest.raises(VaultError, match="no such actor"):
        unsealer.close_grant("ana", new_id())
