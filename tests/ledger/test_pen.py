"""The pen: no leaf is signed that it did not write, and none that it wrote is missed."""

from typing import Any

import pytest
from django.db import connections

from ledger import guards
from ledger.append import append_leaf
from ledger.checkpoints import sign_checkpoint
from ledger.errors import LedgerError
from ledger.leaves import SALT_SIZE, Header, commit
from ledger.models import Checkpoint, Head, Leaf, LeafBody, LeafType, Log
from ledger.pen import Pen, Written
from tests.support.ledger import LLAMAS, PEN, SIGNER, append, opening

pytestmark = pytest.mark.django_db(databases=["vault"])


def forge(**columns: Any) -> None:
    """Insert the leaf of a destruction as whoever may write to the database can."""
    last = Leaf.objects.filter(tenant=LLAMAS).latest("sequence")
    salt, body = bytes(SALT_SIZE), '{"actor":"system:unsealer","type":"destruction"}'
    place = Log.objects.get().size, LLAMAS, last.sequence + 1, last.at
    header = Header(*place, bytes(last.hash), commit(salt, body))
    numbers = dict(zip(("position", "tenant", "sequence", "at"), place, strict=True))
    hashes = {"previous": header.previous, "commitment": header.commitment, "hash": header.hash()}
    Leaf.objects.create(**numbers, **hashes, **columns)
    said = {"type": LeafType.DESTRUCTION, "actor": "system:unsealer", "salt": salt, "text": body}
    LeafBody.objects.create(position=place[0], tenant=LLAMAS, **said)
    Head.objects.filter(tenant=LLAMAS).update(sequence=header.sequence, hash=header.hash())
    Log.objects.update(size=place[0] + 1)


def take_back(position: int) -> None:
    """Delete the newest leaf as the database's owner can: without the guards."""
    unguard()
    leaf = Leaf.objects.get(pk=position)
    LeafBody.objects.filter(pk=position).delete()
    leaf.delete()
    Head.objects.filter(tenant=leaf.tenant).update(sequence=leaf.sequence - 1, hash=leaf.previous)
    Log.objects.update(size=position)


def unguard() -> None:
    connection = connections["vault"]
    with connection.cursor() as cursor:
        for table in ("ledger_leaf", "ledger_leafbody"):
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                continue
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")


@pytest.mark.parametrize(
    "columns", [{}, {"mark": bytes(32)}, {"mark": Pen(bytes(32)).mark(bytes(32))}], ids=["none", "zeros", "foreign"]
)
def test_a_leaf_that_the_pen_did_not_write_is_never_signed(columns: dict[str, Any]) -> None:
    append(2, LLAMAS)
    forge(**columns)
    with pytest.raises(LedgerError, match="not written by the unsealer"):
        sign_checkpoint(SIGNER)
    assert not Checkpoint.objects.exists()


def test_a_mark_of_another_leaf_is_none() -> None:
    append(2, LLAMAS)
    forge(mark=bytes(Leaf.objects.latest("position").mark or b""))
    with pytest.raises(LedgerError, match="not written by the unsealer"):
        sign_checkpoint(SIGNER)


@pytest.mark.parametrize("signed", [False, True])
def test_a_leaf_that_was_taken_back_before_it_was_signed_is_missed(signed: bool) -> None:
    append(2, LLAMAS)
    if signed:
        sign_checkpoint(SIGNER)
    take_back(append_leaf(opening(), pen=PEN).position)
    with pytest.raises(LedgerError, match="written last is not there"):
        sign_checkpoint(SIGNER)


def test_a_leaf_put_in_the_place_of_one_that_was_taken_back_is_missed_too() -> None:
    """Even one that an earlier process of the unsealer wrote."""
    append(1, LLAMAS)
    take_back(append_leaf(opening(), pen=PEN).position)
    append_leaf(opening(number=9), pen=Pen(bytes(range(32))))
    with pytest.raises(LedgerError, match="written last is not there"):
        sign_checkpoint(SIGNER)


def test_what_another_process_of_the_unsealer_wrote_is_signed() -> None:
    append(2, LLAMAS)
    append_leaf(opening(), pen=Pen(bytes(range(32))))
    assert sign_checkpoint(SIGNER).size == 3


def test_the_guards_are_still_there_beside_the_mark() -> None:
    append(1, LLAMAS)
    assert "ledger_leaf" in guards.VAULT_TABLES
    with pytest.raises(Exception, match="append-only"):
        Leaf.objects.update(mark=bytes(32))


def test_the_newest_leaf_is_the_one_that_stands_last_in_whatever_order_they_are_noted() -> None:
    pen = Pen(bytes(32))
    for position in (4, 5, 3):
        pen.remember(position, bytes([position]) * 32)
    assert pen.newest == Written(5, b"\5" * 32)
