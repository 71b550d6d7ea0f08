"""Appending: numbered without gaps, linked, committed for good."""

import pytest
from django.db import DatabaseError, connections, transaction

from ledger.append import append_leaf, append_leaves
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import Head, Leaf, LeafType

pytestmark = pytest.mark.django_db


def opening(tenant: object, number: int = 1) -> Entry:
    return Entry(tenant, LeafType.OPENING, "user:someone", purpose="own-account", more={"n": number})  # type: ignore[arg-type]


def test_leaves_of_a_tenant_are_numbered_without_gaps_and_linked() -> None:
    tenant, other = new_id(), new_id()
    first, foreign, second = append_leaves([opening(tenant, 1), opening(other), opening(tenant, 2)])
    assert [first.sequence, foreign.sequence, second.sequence] == [1, 1, 2]
    assert [first.position, foreign.position, second.position] == [0, 1, 2]
    assert bytes(Leaf.objects.get(position=2).previous) == first.hash
    assert Head.objects.get(tenant=tenant).sequence == 2


@pytest.mark.parametrize("table", ["ledger_leaf", "ledger_leafbody", "ledger_checkpoint", "ledger_subtree"])
def test_the_database_refuses_to_change_or_delete_what_is_recorded(table: str) -> None:
    append_leaf(opening(new_id()))
    with connections["vault"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        if not cursor.fetchone()[0]:
            pytest.skip("empty")
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET position = 9"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using="vault"):
            connections["vault"].cursor().execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_leaf_is_never_written_where_a_rollback_could_take_it_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(using="vault"):
        append_leaf(opening(new_id()))
