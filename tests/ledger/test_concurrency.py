"""What happens at the same moment in the ledger. Each test names the lock or constraint that it proves."""

import time
from itertools import pairwise

import pytest
from django.db import connections

from ledger import checkpoints
from ledger.audit import audit
from ledger.models import Checkpoint, Leaf, Subtree
from ledger.subtrees import complete_subtrees
from tests.support.at_once import at_once
from tests.support.ledger import LLAMAS, OUTSIDERS, SIGNER, append, bundle, checkpoint, verify

pytestmark = pytest.mark.django_db(transaction=True)


def test_signers_at_once_never_go_back_by_the_advisory_lock_on_storing_a_checkpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    append(300)
    look = checkpoints.latest_checkpoint

    def look_slowly() -> Checkpoint | None:
        found = look()
        if connections["vault"].in_atomic_block:
            time.sleep(0.05)  # between looking at the last checkpoint and storing the next
        return found

    monkeypatch.setattr(checkpoints, "latest_checkpoint", look_slowly)
    signed = at_once(*[lambda now=now: checkpoint(now=now) for now in (4000, 3000, 2000, 1000)])
    assert all(isinstance(each, Checkpoint) for each in signed)
    times = list(Checkpoint.objects.order_by("pk").values_list("time", flat=True))
    assert times == sorted(times)
    assert audit(SIGNER.public_key).faults == []


def test_checkpoints_signed_while_leaves_are_appended_are_of_one_moment_by_the_one_statement_for_heads() -> None:
    def appending() -> None:
        for _ in range(12):
            append(5)

    def signing() -> list[Checkpoint]:
        return [checkpoint() for _ in range(12)]

    results = at_once(appending, signing, appending, signing)
    assert not [result for result in results if isinstance(result, Exception)]
    assert Leaf.objects.count() == 120
    stored = list(Checkpoint.objects.order_by("pk"))
    assert all(before.size <= after.size and before.time <= after.time for before, after in pairwise(stored))
    assert audit(SIGNER.public_key).faults == []


def test_bundles_made_while_leaves_are_appended_verify(tmp_path_factory: pytest.TempPathFactory) -> None:
    append(20)
    signed = checkpoint()

    def appending() -> None:
        for _ in range(10):
            append(5)

    def exporting() -> list[int]:
        folder = tmp_path_factory.mktemp("bundles")
        return [verify(folder, bundle(tenant, signed)) for tenant in (LLAMAS, OUTSIDERS) * 4]

    assert at_once(appending, exporting, exporting)[1:] == [[0] * 8, [0] * 8]


def test_subtrees_are_stored_once_by_their_unique_place() -> None:
    append(800)
    assert at_once(*[lambda: complete_subtrees(800)] * 4) == [None] * 4
    assert sorted(Subtree.objects.values_list("level", "index")) == [(1, 0), (1, 1), (1, 2)]
