"""Checkpoints: signed each time, never back in time or size, and only when the log continues the last one."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import OperationalError, connections, transaction

from ledger import checkpoints
from ledger.append import append_leaf
from ledger.checkpoints import latest_checkpoint, sign_checkpoint
from ledger.errors import LedgerError
from ledger.heads import heads_at
from ledger.models import Checkpoint, Head, Leaf, Log
from ledger.notes import Note, Signer, open_note
from ledger.tree import EMPTY_ROOT
from ledger.trie import Trie
from tests.support.flush import without_guards
from tests.support.ledger import LLAMAS, OUTSIDERS, PEN, SIGNER, append, checkpoint, opening, resign

pytestmark = pytest.mark.django_db


def stated(signed: Checkpoint) -> Note:
    return open_note(signed.text, SIGNER.public_key)


def test_a_checkpoint_reads_as_documented() -> None:
    note = Note("console.example.com/ledger", 1904377, bytes(32), b"\1" * 32, 1_795_542_120)
    lines = note.sign(SIGNER.private_key).split("\n")
    assert lines[:6] == [
        "console.example.com/ledger",
        "1904377",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "map AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        "time 1795542120",
        "",
    ]
    assert lines[6].startswith("— console.example.com/ledger ")
    assert lines[7:] == [""]
    assert open_note("\n".join(lines), SIGNER.public_key) == note


def test_a_log_without_leaves_is_signed_too() -> None:
    assert latest_checkpoint() is None
    note = stated(checkpoint(now=60))
    assert (note.size, note.root, note.map, note.time) == (0, EMPTY_ROOT, bytes(32), 60)


def test_a_checkpoint_states_the_log_as_it_is() -> None:
    append(5)
    first = checkpoint()
    append(300)
    second = checkpoint()
    assert latest_checkpoint() == second
    assert (stated(first).size, stated(second).size) == (5, 305)
    assert stated(second).map == Trie(heads_at(305)).root()


def test_nothing_happened_and_a_checkpoint_says_so_without_reading_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    append(5)
    before = stated(checkpoint(now=100))
    monkeypatch.setattr(checkpoints, "complete_subtrees", lambda size: pytest.fail("The tree was read."))
    assert stated(checkpoint(now=160)) == Note(before.name, before.size, before.root, before.map, 160)


def test_what_is_appended_meanwhile_waits_for_the_next_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    append(3)
    complete = checkpoints.complete_subtrees

    def interrupted(size: int) -> None:
        complete(size)
        append(2)

    monkeypatch.setattr(checkpoints, "complete_subtrees", interrupted)
    note = stated(checkpoint())
    assert (note.size, note.map) == (3, Trie(heads_at(3)).root())


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_is_never_stored_where_a_rollback_could_take_it_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(using="vault"):
        checkpoint()


def test_the_time_stays_when_the_clock_steps_back() -> None:
    append(1)
    checkpoint(now=1000)
    assert checkpoint(now=900).time == 1000
    append(1)
    assert stated(checkpoint(now=900)).time == 1000
    assert checkpoint(now=1001).time == 1001


def test_chains_are_known_as_they_ended_at_an_earlier_size() -> None:
    append(3)  # Llamas, Outsiders, Llamas
    ends = set(heads_at(3))
    append_leaf(opening(LLAMAS), pen=PEN)
    append(4, OUTSIDERS)
    assert set(heads_at(3)) == ends
    assert {(tenant, sequence) for tenant, sequence, _ in heads_at(1)} == {(LLAMAS, 1)}
    assert {(tenant, sequence) for tenant, sequence, _ in heads_at(8)} == {(LLAMAS, 3), (OUTSIDERS, 5)}


def change_a_leaf() -> None:
    Leaf.objects.filter(position=1).update(hash=bytes(32))


def shorten_the_log() -> None:
    Log.objects.update(size=3)


def forget_a_tenant() -> None:
    append(1)
    Head.objects.filter(tenant=OUTSIDERS).delete()


def forge_the_last() -> None:
    other = Signer(SIGNER.name, Ed25519PrivateKey.generate(), SIGNER.pen)
    last = Checkpoint.objects.get()
    Checkpoint.objects.update(text=resign(last.text, other))


def change_the_last() -> None:
    Checkpoint.objects.update(text=Checkpoint.objects.get().text.replace("time 5", "time 6"))


def misshape_the_last() -> None:
    Checkpoint.objects.update(text="no note")


def change_a_column_of_the_last() -> None:
    Checkpoint.objects.update(time=1)


def rename_the_log() -> None:
    Checkpoint.objects.update(
        text=resign(Checkpoint.objects.get().text, Signer("other", SIGNER.private_key, SIGNER.pen))
    )


@pytest.mark.parametrize(
    "tamper",
    [
        change_a_leaf,
        shorten_the_log,
        forget_a_tenant,
        forge_the_last,
        change_the_last,
        misshape_the_last,
        change_a_column_of_the_last,
        rename_the_log,
    ],
)
def test_nothing_is_signed_once_the_log_contradicts_the_last_checkpoint(tamper: Callable[[], None]) -> None:
    append(5)
    checkpoint(now=5)
    with without_guards(connections["vault"]):
        tamper()
    if tamper is change_a_leaf:
        append(1)
    with pytest.raises(LedgerError) as error:
        checkpoint()
    assert (error.value.code, error.value.permanent) == ("tampered", True)
    assert Checkpoint.objects.count() == 1


def test_a_database_that_is_away_is_worth_another_try() -> None:
    def away(*arguments: object) -> None:
        raise OperationalError

    with connections["vault"].execute_wrapper(away), pytest.raises(LedgerError, match="OperationalError") as error:
        checkpoint()
    assert (error.value.code, error.value.permanent) == ("not-recorded", False)


def test_a_checkpoint_stored_in_between_is_looked_at_before_the_next_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    append(2)
    sign_first = iter([lambda: checkpoint(now=500), lambda: None])
    size = checkpoints.log_size

    def interrupted() -> int:
        found = size()
        next(sign_first, lambda: None)()
        return found

    monkeypatch.setattr(checkpoints, "log_size", interrupted)
    assert checkpoint(now=400).time == 500
    assert Checkpoint.objects.count() == 2


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_log_has_a_name_that_fits_into_a_note(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Signer(name, SIGNER.private_key, SIGNER.pen)


def test_a_young_checkpoint_serves_for_a_few_seconds_and_an_older_one_does_not() -> None:
    first = sign_checkpoint(SIGNER, now=1000, within=10)
    append(1)
    assert sign_checkpoint(SIGNER, now=1009.9, within=10) == first
    second = sign_checkpoint(SIGNER, now=1010, within=10)
    assert (second.size, second.pk) == (1, first.pk + 1)
    # A clock that was set back does not make an old one young.
    append(1)
    assert sign_checkpoint(SIGNER, now=900, within=10).size == 2
    append(1)
    assert sign_checkpoint(SIGNER, now=1010).size == 3


def test_a_young_checkpoint_that_was_changed_does_not_serve() -> None:
    first = sign_checkpoint(SIGNER, now=1000)
    with without_guards(connections["vault"]):
        Checkpoint.objects.filter(pk=first.pk).update(time=1001)
    with pytest.raises(LedgerError, match="not what its note says"):
        sign_checkpoint(SIGNER, now=1002, within=10)
