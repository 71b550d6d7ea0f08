"""Leaves: gapless, linked, and every change shows."""

import pytest
from django.db import transaction

from ledger.ids import new_id
from ledger.leaves import append_leaf, chain_is_intact
from ledger.models import Head, Leaf

pytestmark = pytest.mark.django_db


def test_leaves_of_a_tenant_are_numbered_without_gaps_and_linked() -> None:
    tenant, other = new_id(), new_id()
    first, _, second = append_leaf(tenant, {"n": 1}), append_leaf(other, {"n": 1}), append_leaf(tenant, {"n": 2})
    assert [first.sequence, second.sequence] == [1, 2]
    assert bytes(second.previous) == bytes(first.hash)
    assert chain_is_intact(tenant)
    assert chain_is_intact(other)


def test_an_edited_deleted_or_cut_leaf_breaks_the_chain() -> None:
    def edit(tenant: object) -> None:
        Leaf.objects.filter(tenant=tenant, sequence=2).update(body='{"n":9}')

    def delete(tenant: object) -> None:
        Leaf.objects.filter(tenant=tenant, sequence=2).delete()

    def cut(tenant: object) -> None:
        Leaf.objects.filter(tenant=tenant, sequence=3).delete()

    def rewind(tenant: object) -> None:
        Head.objects.filter(tenant=tenant).update(sequence=2)

    for tamper in (edit, delete, cut, rewind):
        tenant = new_id()
        for number in range(3):
            append_leaf(tenant, {"n": number})
        assert chain_is_intact(tenant)
        tamper(tenant)
        assert not chain_is_intact(tenant), tamper.__name__


@pytest.mark.django_db(transaction=True)
def test_a_leaf_is_never_written_where_a_rollback_could_take_it_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(using="vault"):
        append_leaf(new_id(), {"n": 1})
