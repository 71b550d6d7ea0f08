"""Cells of another type, which only SQLite takes, are found and named: nothing is appended, signed or read by them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from ledger.append import append_leaf
from ledger.audit import audit
from ledger.errors import LedgerError
from ledger.heads import heads_at, log_size, newest_time
from ledger.models import Leaf
from ledger.written import said_since
from tests.support.flush import without_guards
from tests.support.ledger import LLAMAS, PEN, SIGNER, append, checkpoint, opening

pytestmark = pytest.mark.django_db
FOREIGN = ["text", 1.5, "{}"]


@pytest.fixture
def write() -> Callable[[str, str, Any], None]:
    connection = connections["vault"]
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps to the types of its columns")

    def write(table: str, column: str, value: Any) -> None:
        with without_guards(connection), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = %s", [value])

    return write


def refused(work: Callable[[], object]) -> None:
    with pytest.raises(LedgerError, match="never wrote") as error:
        work()
    assert (error.value.code, error.value.permanent) == ("tampered", True)


@pytest.mark.parametrize("value", [*FOREIGN, 7])
def test_a_head_of_another_type_ends_in_no_leaf(write: Callable[[str, str, Any], None], value: Any) -> None:
    append(3)
    write("ledger_head", "hash", value)
    refused(lambda: append_leaf(opening(), pen=PEN))
    refused(lambda: list(heads_at(3, as_leaves_say=True)))
    assert Leaf.objects.count() == 3
    assert not audit(SIGNER.public_key).verified


@pytest.mark.parametrize("value", FOREIGN)
@pytest.mark.parametrize(("column", "read"), [("at", newest_time), ("size", log_size)])
def test_a_log_that_counts_in_another_type_is_not_read(
    write: Callable[[str, str, Any], None], value: Any, column: str, read: Callable[[], object]
) -> None:
    append(3)
    write("ledger_log", column, value)
    refused(read)


def test_a_log_whose_time_is_a_text_takes_no_leaf(write: Callable[[str, str, Any], None]) -> None:
    append(3)
    write("ledger_log", "at", "tomorrow")  # later than any number, for SQLite
    refused(lambda: append_leaf(opening(), pen=PEN))
    assert Leaf.objects.count() == 3


@pytest.mark.parametrize(("column", "value"), [("previous", "x"), ("commitment", 7), ("at", "x"), ("hash", "x")])
def test_a_leaf_of_another_type_is_neither_signed_nor_read(
    write: Callable[[str, str, Any], None], column: str, value: Any
) -> None:
    append(2, LLAMAS)
    write("ledger_leaf", column, value)
    refused(checkpoint)
    if column != "hash":  # which is computed anew
        refused(lambda: list(said_since(LLAMAS, 0, PEN)))
    assert any("never wrote" in fault for fault in audit(SIGNER.public_key).faults)


def test_a_salt_or_a_mark_of_another_type_is_refused(write: Callable[[str, str, Any], None]) -> None:
    append(1, LLAMAS)
    write("ledger_leafbody", "salt", "x")
    refused(lambda: list(said_since(LLAMAS, 0, PEN)))
    write("ledger_leaf", "mark", "x")
    refused(lambda: list(said_since(LLAMAS, 0, PEN)))
    refused(checkpoint)
