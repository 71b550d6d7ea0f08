"""What the pen wrote is read back whole and unchanged, or not at all."""

import pytest
from django.db import connections

from ledger.append import append_leaf, append_leaves
from ledger.errors import LedgerError
from ledger.models import Leaf, LeafBody
from ledger.pen import Pen
from ledger.written import said_since, was_destroyed
from tests.support.flush import without_guards
from tests.support.ledger import LLAMAS, OUTSIDERS, PEN, append, destruction, opening

pytestmark = pytest.mark.django_db
STRANGER = Pen(bytes(32))


def said(at: int = 0, first: int = 0) -> list[tuple[int, str]]:
    return [(sequence, body["actor"]) for sequence, body in said_since(LLAMAS, at, PEN, first=first)]


def test_the_leaves_of_one_tenant_are_read_from_a_time_and_a_sequence_on() -> None:
    append(4)  # Llamas, Outsiders, Llamas, Outsiders
    append_leaf(opening(LLAMAS, 9), pen=PEN)
    actors = [f"user:00000000-0000-0000-0000-{number:012}" for number in (1, 3, 9)]
    assert said() == list(zip((1, 2, 3), actors, strict=True))
    assert said(first=2) == said()[1:]
    newest = Leaf.objects.get(tenant=LLAMAS, sequence=3).at
    assert said(at=newest)[-1] == (3, actors[-1])
    assert said(at=newest + 1) == []


def test_more_than_a_batch_is_read() -> None:
    append(501, LLAMAS)
    assert [sequence for sequence, _ in said()] == list(range(1, 502))


@pytest.mark.parametrize("column", ["mark", "commitment", "previous"])
def test_a_leaf_that_somebody_else_wrote_or_changed_is_refused(column: str) -> None:
    append(2, LLAMAS)
    with without_guards(connections["vault"]):
        Leaf.objects.filter(sequence=2).update(**{column: bytes(32)})
    with pytest.raises(LedgerError, match="not written by the unsealer") as error:
        said()
    assert (error.value.code, error.value.permanent) == ("tampered", True)


def test_a_leaf_without_a_mark_or_with_another_pens_is_refused() -> None:
    append_leaf(opening(), pen=STRANGER)
    with pytest.raises(LedgerError, match="not written"):
        said()
    with without_guards(connections["vault"]):
        Leaf.objects.update(mark=None)
    with pytest.raises(LedgerError, match="not written"):
        said()


def test_a_body_that_is_missing_or_another_one_is_refused() -> None:
    append(1, LLAMAS)
    with without_guards(connections["vault"]):
        LeafBody.objects.update(text="{}")
    with pytest.raises(LedgerError, match="what was written") as error:
        said()
    assert (error.value.code, error.value.permanent) == ("tampered", True)
    with without_guards(connections["vault"]):
        LeafBody.objects.all().delete()
    with pytest.raises(LedgerError, match="what was written"):
        said()


def test_a_destruction_counts_that_this_pen_wrote_for_this_tenant() -> None:
    append(1, LLAMAS)
    append_leaves([destruction(OUTSIDERS)], pen=PEN)
    append_leaf(destruction(), pen=STRANGER)
    assert (was_destroyed(LLAMAS, PEN), was_destroyed(OUTSIDERS, PEN)) == (False, True)
    assert not was_destroyed(OUTSIDERS, STRANGER)
    append_leaf(destruction(), pen=PEN)
    assert was_destroyed(LLAMAS, PEN)


@pytest.mark.parametrize("change", [{"tenant": LLAMAS}, {"type": "destruction"}])
def test_a_body_that_only_its_columns_make_a_destruction_is_none(change: dict[str, object]) -> None:
    append_leaves([destruction(OUTSIDERS) if "tenant" in change else opening()], pen=PEN)
    with without_guards(connections["vault"]):
        LeafBody.objects.update(**change)
    assert not was_destroyed(LLAMAS, PEN)
