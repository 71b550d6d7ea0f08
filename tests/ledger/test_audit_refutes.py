"""What the audit says of logs that an owner of the key forged as well: one sentence for just what is wrong."""

from typing import Any

import pytest
from django.db import connections

from ledger import audit as audit_module
from ledger.audit import audit
from ledger.models import Checkpoint, Erasure, LeafBody, Log, Subtree
from ledger.notes import open_note
from ledger.subtrees import complete_subtrees
from tests.support.flush import without_guards
from tests.support.ledger import LLAMAS, SIGNER, append, checkpoint, resign

pytestmark = pytest.mark.django_db


def add_checkpoint(text: str) -> Checkpoint:
    note = open_note(text, SIGNER.public_key)
    return Checkpoint.objects.create(size=note.size, time=note.time, text=text)


def faults() -> list[str]:
    return audit(SIGNER.public_key).faults


@pytest.mark.parametrize("change", ["size", "time", "name"])
def test_a_checkpoint_that_goes_back_in_size_or_time_or_has_another_name_is_refuted(change: str) -> None:
    append(3)
    earlier = checkpoint(now=1_800_000_000)
    append(2)
    later = checkpoint(now=1_800_000_060)
    changes: dict[str, Any] = {"size": earlier.size} if change == "size" else {"time": earlier.time}
    changed = resign(later.text, **({"name": "elsewhere.example.com/ledger"} if change == "name" else changes))
    if change == "size":  # an honest statement of the log as it was, signed later
        changed = resign(earlier.text, time=later.time + 1)
    last = add_checkpoint(changed)
    assert faults() == [f"Checkpoint {last.pk} goes back behind the one before."]


def test_a_checkpoint_of_the_same_size_and_time_goes_not_back() -> None:
    append(3)
    add_checkpoint(checkpoint(now=1_800_000_000).text)
    assert faults() == []


def test_progress_is_told_now_and_then_with_what_is_done_and_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "_EVERY", 2)
    append(5)
    told: list[tuple[int, int]] = []
    audit(SIGNER.public_key, lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (4, 5)]


def test_a_log_that_says_another_number_of_leaves_than_it_has_is_refuted() -> None:
    append(5)
    for size in (4, 6):
        Log.objects.update(size=size)
        assert "The log does not have as many leaves as it says." in faults()


def test_what_is_appended_during_the_audit_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    append(5)
    forward = audit_module._Audit._forward

    def meanwhile(auditing: Any, size: int) -> None:
        forward(auditing, size)
        append(3)

    monkeypatch.setattr(audit_module._Audit, "_forward", meanwhile)
    assert faults() == []


def test_an_erasure_alone_explains_no_missing_body_not_even_of_the_first_leaf() -> None:
    append(2)
    Erasure.objects.create(tenant=LLAMAS)
    LeafBody.objects.filter(tenant=LLAMAS).delete()
    assert faults() == ["The body of leaf 0 is missing, and no destruction in its chain says why."]


def test_a_subtree_that_ends_with_the_signed_log_may_not_be_missing() -> None:
    append(256)
    checkpoint()
    with without_guards(connections["vault"]):
        Subtree.objects.all().delete()
    assert faults() == ["Subtree 1/0 is missing."]


def test_a_subtree_that_the_log_just_completed_during_the_audit_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    append(5)

    def meanwhile(*arguments: Any) -> None:
        append(251)
        complete_subtrees(256)

    monkeypatch.setattr(audit_module._Audit, "_bodies", meanwhile)
    assert faults() == []
    assert Subtree.objects.exists()


def test_a_hash_of_a_single_leaf_has_no_place_among_the_subtrees() -> None:
    append(5)
    for index in (4, 5):
        Subtree.objects.create(level=0, index=index, hash=bytes(32))
    assert faults() == [f"Subtree 0/{index} is not the hash of its leaves." for index in (4, 5)]
