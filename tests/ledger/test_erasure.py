"""After an erasure: a receipt says what was destroyed, and what leaves said is dropped of that tenant alone."""

import time

import pytest

from ledger.append import append_leaf
from ledger.erasure import drop_bodies, receipt
from ledger.errors import LedgerError
from ledger.models import Erasure, Leaf, LeafBody
from tests.support.ledger import LLAMAS, OUTSIDERS, PEN, append, destruction, opening

pytestmark = pytest.mark.django_db


def test_a_receipt_names_what_was_destroyed_when_and_where_in_the_log_that_stands() -> None:
    append(3)  # Llamas, Outsiders, Llamas
    append_leaf(destruction(OUTSIDERS), pen=PEN)
    append_leaf(destruction(), pen=PEN)
    append_leaf(opening(LLAMAS), pen=PEN)
    leaf = Leaf.objects.get(position=4)
    said = receipt(LLAMAS)
    assert said.pop("time") == f"{_time(leaf.at)}+00:00"
    assert said == {
        "format": "llama-console-erasure/1",
        "tenant": str(LLAMAS),
        "keys": ["k1"],
        "planes": ["data"],
        "horizon": "2027-01-01",
        "leaf": {"position": 4, "sequence": 3, "hash": bytes(leaf.hash).hex()},
    }


def _time(microseconds: int) -> str:
    """Return a time as ISO 8601 with its microseconds, as SQL and people write it."""
    seconds, rest = divmod(microseconds, 1_000_000)
    fraction = f".{rest:06}" if rest else ""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + fraction


def test_the_receipt_is_of_the_first_destruction() -> None:
    append_leaf(destruction(), pen=PEN)
    append_leaf(destruction(), pen=PEN)
    assert receipt(LLAMAS)["leaf"] == {"position": 0, "sequence": 1, "hash": bytes(Leaf.objects.get(pk=0).hash).hex()}


def test_who_was_not_erased_has_no_receipt() -> None:
    append(2)
    append_leaf(destruction(OUTSIDERS), pen=PEN)
    with pytest.raises(LedgerError, match="not-erased: No key") as error:
        receipt(LLAMAS)
    assert (error.value.code, error.value.permanent) == ("not-erased", True)


def test_what_leaves_said_is_dropped_of_an_erased_tenant_alone_and_the_destruction_stays() -> None:
    append(4)
    append_leaf(destruction(), pen=PEN)
    Erasure.objects.create(tenant=LLAMAS)
    assert drop_bodies(LLAMAS, pen=PEN) == 2
    assert drop_bodies(LLAMAS, pen=PEN) == 0
    assert sorted(LeafBody.objects.values_list("tenant", "type")) == sorted(
        [(OUTSIDERS, "opening"), (OUTSIDERS, "opening"), (LLAMAS, "destruction")]
    )
    assert Leaf.objects.count() == 5
    with pytest.raises(LedgerError) as error:
        drop_bodies(OUTSIDERS, pen=PEN)
    assert (error.value.code, error.value.permanent) == ("not-erased", True)
    assert LeafBody.objects.filter(tenant=OUTSIDERS).count() == 2
