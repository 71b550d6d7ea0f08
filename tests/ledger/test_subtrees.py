"""Stored subtrees: a big log's root and proofs take few rows and few queries, and say the same."""

from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from ledger import subtrees, tree
from ledger.errors import LedgerError
from ledger.leaves import NO_HASH
from ledger.models import Leaf, Subtree
from ledger.subtrees import complete_subtrees, stored_hashes
from tests.ledger import naive
from tests.support.flush import without_guards
from tests.support.ledger import LLAMAS

pytestmark = pytest.mark.django_db
SIZE = 1100


@pytest.fixture
def hashes() -> list[bytes]:
    found = [naive.leaf(n.to_bytes(4, "big")) for n in range(SIZE)]
    unread = {"tenant": LLAMAS, "at": 0, "previous": NO_HASH, "commitment": NO_HASH}
    Leaf.objects.bulk_create(Leaf(position=n, sequence=n + 1, hash=each, **unread) for n, each in enumerate(found))
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Subtrees of 4 instead of 256, so that few leaves fill several levels."""
    monkeypatch.setattr(subtrees, "FANOUT_BITS", 2)
    monkeypatch.setattr(subtrees, "_FANOUT", 4)


def test_roots_and_proofs_are_those_of_the_plain_tree(hashes: list[bytes], small: None) -> None:
    for size in (1, 4, 5, 64, 255, 1024, SIZE):
        complete_subtrees(size)
        assert tree.root(stored_hashes, size) == naive.mth(hashes[:size])
    positions = [0, 7, 8, 500, 1099]
    ranges = list(tree.inclusion(SIZE, positions))
    assert tree.hashes(stored_hashes, ranges) == [naive.mth(hashes[start:end]) for start, end in ranges]
    assert Subtree.objects.filter(level=5).count() == 1


def test_a_root_reads_few_rows_with_one_query_a_level(hashes: list[bytes]) -> None:
    complete_subtrees(SIZE)
    with CaptureQueriesContext(connections["vault"]) as queries:
        assert tree.root(stored_hashes, SIZE) == naive.mth(hashes)
    assert len(queries) == 2


def test_many_ranges_are_looked_up_so_many_at_a_time(hashes: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subtrees, "_PIECES", 4)
    with CaptureQueriesContext(connections["vault"]) as queries:
        assert list(stored_hashes([(n, n + 1) for n in range(10)])) == hashes[:10]
    assert len(queries) == 3


def test_completing_again_reads_and_writes_nothing(hashes: list[bytes]) -> None:
    complete_subtrees(600)
    before = list(Subtree.objects.values_list("pk", "level", "index"))
    with CaptureQueriesContext(connections["vault"]) as queries:
        complete_subtrees(600)
    assert len(queries) == 1  # which is the newest
    assert list(Subtree.objects.values_list("pk", "level", "index")) == before
    assert [row[1:] for row in before] == [(1, 0), (1, 1)]


def test_a_writer_that_comes_second_changes_nothing(hashes: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    complete_subtrees(600)
    stored = set(Subtree.objects.values_list("pk", flat=True))
    monkeypatch.setattr(subtrees, "_stored", lambda level: 0)  # as if it had looked before the first one wrote
    complete_subtrees(600)
    assert set(Subtree.objects.values_list("pk", flat=True)) == stored


@pytest.mark.parametrize("model", [Leaf, Subtree])
def test_a_missing_hash_is_tampering(hashes: list[bytes], model: Any) -> None:
    complete_subtrees(SIZE)
    with without_guards(connections["vault"]):
        model.objects.filter(pk=model.objects.order_by("-pk")[0].pk).delete()
    with pytest.raises(LedgerError, match="lacks") as error:
        tree.root(stored_hashes, SIZE)
    assert (error.value.code, error.value.permanent) == ("tampered", True)
