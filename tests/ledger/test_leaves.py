"""Appending: numbered without gaps, linked, committed for good."""

import time
from uuid import UUID

import pytest
from django.db import OperationalError, connections, transaction

from ledger.append import append_leaf, append_leaves
from ledger.errors import LedgerError
from ledger.ids import new_id
from ledger.leaves import NO_HASH, Entry
from ledger.models import Head, Leaf, LeafType
from tests.support.ledger import LLAMAS, PEN, opening

pytestmark = pytest.mark.django_db


def test_leaves_of_a_tenant_are_numbered_without_gaps_and_linked() -> None:
    tenant, other = new_id(), new_id()
    first, foreign, second = append_leaves([opening(tenant, 1), opening(other), opening(tenant, 2)], pen=PEN)
    assert [first.sequence, foreign.sequence, second.sequence] == [1, 1, 2]
    assert [first.position, foreign.position, second.position] == [0, 1, 2]
    assert bytes(Leaf.objects.get(position=2).previous) == first.hash
    assert Head.objects.get(tenant=tenant).sequence == 2


def test_the_body_of_a_leaf_is_one_text_with_the_members_it_has_in_the_order_of_their_names() -> None:
    """The commitment is over these bytes."""
    known = {"purpose": "p", "grant": UUID(int=1), "event": UUID(int=2), "more": {"zoë": [1], "case": "T-1"}}
    assert Entry(LLAMAS, LeafType.OPENING, "user:1", **known).body() == (
        '{"actor":"user:1","case":"T-1","event":"00000000-0000-0000-0000-000000000002",'
        '"grant":"00000000-0000-0000-0000-000000000001","purpose":"p","type":"opening","zoë":[1]}'
    )
    assert Entry(LLAMAS, LeafType.EVENT, "user:1").body() == '{"actor":"user:1","type":"event"}'


def test_a_chain_that_does_not_end_where_its_head_says_takes_no_leaf() -> None:
    append_leaf(opening(LLAMAS), pen=PEN)
    Head.objects.update(hash=NO_HASH)
    with pytest.raises(LedgerError, match="tampered") as error:
        append_leaf(opening(LLAMAS), pen=PEN)
    assert error.value.permanent


def test_a_leaf_has_the_time_of_its_commit_in_microseconds() -> None:
    before = time.time()
    appended = append_leaf(opening(LLAMAS), pen=PEN)
    assert before - 0.001 <= appended.at / 1_000_000 <= time.time()
    assert Leaf.objects.get(position=appended.position).at == appended.at


def test_a_database_that_is_away_is_worth_another_try() -> None:
    def away(*arguments: object) -> None:
        raise OperationalError

    with connections["vault"].execute_wrapper(away), pytest.raises(LedgerError, match="OperationalError") as error:
        append_leaf(opening(LLAMAS), pen=PEN)
    assert (error.value.code, error.value.permanent) == ("not-recorded", False)


@pytest.mark.django_db(transaction=True)
def test_a_leaf_is_never_written_where_a_rollback_could_take_it_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(using="vault"):
        append_leaf(opening(new_id()), pen=PEN)
