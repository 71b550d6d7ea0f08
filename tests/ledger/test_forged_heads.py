"""Heads that somebody edits make nobody's chain shorter: what contradicts the leaves is not signed."""

from collections.abc import Callable

import pytest
from django.db import connections

from ledger.append import adapt
from ledger.errors import LedgerError
from ledger.models import Head, Leaf
from tests.support.ledger import LLAMAS, OUTSIDERS, append, checkpoint

pytestmark = pytest.mark.django_db


def at_another_tenants_cost() -> None:
    """The sum stays: one chain one shorter, another one longer."""
    Head.objects.filter(tenant=OUTSIDERS).update(sequence=4)


def by_another_spelling() -> None:
    """A second row for the same tenant, which only a database without a type for ids takes."""
    if connections["vault"].features.has_native_uuid_field:
        pytest.skip("PostgreSQL knows an id in any spelling")
    last = Leaf.objects.get(tenant=OUTSIDERS, sequence=3)
    with connections["vault"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_head (tenant, sequence, hash) VALUES (%s, 1, %s)",
            [str(adapt(OUTSIDERS)).upper() + " ", last.hash],
        )


def by_a_leaf_behind_the_log() -> None:
    leaf = Leaf.objects.get(tenant=OUTSIDERS, sequence=3)
    leaf.position, leaf.sequence = 1000, 4
    leaf.save(force_insert=True)
    Head.objects.filter(tenant=OUTSIDERS).update(sequence=4)


@pytest.mark.parametrize("hide", [at_another_tenants_cost, by_another_spelling, by_a_leaf_behind_the_log])
def test_a_chain_without_its_last_leaf_is_not_signed(hide: Callable[[], None]) -> None:
    append(6)
    former = Leaf.objects.get(tenant=LLAMAS, sequence=2)
    Head.objects.filter(tenant=LLAMAS).update(sequence=2, hash=former.hash)
    hide()
    with pytest.raises(LedgerError, match="tampered"):
        checkpoint()


def test_a_head_with_another_hash_is_not_signed() -> None:
    append(6)
    Head.objects.filter(tenant=LLAMAS).update(hash=bytes(32))
    with pytest.raises(LedgerError, match="tampered"):
        checkpoint()


def test_honest_heads_are_signed_also_while_the_log_goes_on() -> None:
    append(6)
    checkpoint()
    append(3)
    assert checkpoint().size == 9
