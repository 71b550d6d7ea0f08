"""Append-only tables refuse whoever changes, deletes or empties them, and SQLite's way around that, INSERT OR REPLACE.

Alone what an erased tenant's leaves say may be deleted; that its keys were destroyed stays.
"""

from contextlib import suppress
from uuid import UUID

import pytest
from django.db import DatabaseError, connections, models, transaction

from catalog.models import Model, Price
from catalog.prices import set_price
from ledger.actor import Actor
from ledger.append import append_leaf
from ledger.models import AuditEvent, Checkpoint, Erasure, Leaf, LeafBody, LeafType, Subtree
from ledger.subtrees import complete_subtrees
from tests.support.ledger import LLAMAS, OUTSIDERS, PEN, append, checkpoint, destruction

pytestmark = pytest.mark.django_db


RECORDED = [Leaf, LeafBody, Checkpoint, Subtree, Erasure, AuditEvent, Price]


@pytest.fixture(autouse=True)
def _full_log() -> None:
    append(256)
    append_leaf(destruction(), pen=PEN)
    complete_subtrees(256)
    checkpoint()
    Erasure.objects.create(tenant=LLAMAS)
    model = Model.objects.create(name="a model")
    set_price(Actor.operator(), model, input_rate=1, cached_input_rate=1, output_rate=1)


@pytest.fixture
def _replaces() -> None:
    if connections["vault"].vendor != "sqlite":
        pytest.skip("PostgreSQL asks the trigger of UPDATE")


def refused(model: type[models.Model], statement: str) -> bool:
    """Tell whether the database refuses a statement; what it did is undone."""
    connection = connections[model._default_manager.db]
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(statement.format(table=model._meta.db_table))
            transaction.set_rollback(True, using=connection.alias)
    except DatabaseError as error:
        if "is append-only" not in str(error):
            raise
        return True
    return False


@pytest.mark.parametrize("model", RECORDED)
def test_nothing_recorded_is_changed_or_deleted(model: type[models.Model]) -> None:
    key = model._meta.pk.column
    assert refused(model, f"UPDATE {{table}} SET {key} = {key}")
    assert refused(model, "DELETE FROM {table}")


@pytest.mark.parametrize("model", RECORDED)
def test_no_table_is_emptied(model: type[models.Model]) -> None:
    if connections["vault"].vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    connections["default"].check_constraints()  # those that wait for the commit would be in its way
    assert refused(model, "TRUNCATE {table} CASCADE")


def test_alone_what_an_erased_tenant_did_is_deleted_and_never_changed() -> None:
    erased, kept, destroyed = (
        LeafBody.objects.filter(tenant=LLAMAS).exclude(type=LeafType.DESTRUCTION),
        LeafBody.objects.filter(tenant=OUTSIDERS),
        LeafBody.objects.filter(tenant=LLAMAS, type=LeafType.DESTRUCTION),
    )
    for bodies, deletable in ((erased, True), (kept, False), (destroyed, False)):
        where = f"WHERE position = {bodies.earliest('position').position}"
        assert refused(LeafBody, f"DELETE FROM {{table}} {where}") is not deletable
        assert refused(LeafBody, f"UPDATE {{table}} SET text = text {where}")


@pytest.mark.usefixtures("_replaces")
@pytest.mark.parametrize(
    ("model", "changed"),
    [
        (Leaf, "hash = x''"),
        (Leaf, "position = 1000"),
        (Leaf, "sequence = 1000"),
        (LeafBody, "text = ''"),
        (Checkpoint, "text = ''"),
        (Subtree, "hash = x''"),
        (Subtree, "id = 1000"),
        (AuditEvent, "payload = '{}'"),
        (Price, "input_rate = 0"),
        (Price, "id = 1000"),
    ],
)
def test_what_is_unique_in_a_row_keeps_it(model: type[models.Model], changed: str) -> None:
    before = _rows(model)
    _replace(model, changed)
    assert _rows(model) == before


@pytest.mark.usefixtures("_replaces")
@pytest.mark.parametrize(
    ("model", "changed"),
    [
        (Leaf, "position = 1000, sequence = 1000"),
        (LeafBody, "position = 1000"),
        (Erasure, f"tenant = '{UUID(int=1).hex}'"),
        (AuditEvent, f"id = '{UUID(int=1).hex}'"),
        (Price, "version = 2, effective_from = '9999-01-01'"),
    ],
)
def test_a_row_is_not_put_out_by_its_number(model: type[models.Model], changed: str) -> None:
    before = _rows(model)
    _replace(model, changed, number="rowid")
    assert _rows(model) == before


@pytest.mark.usefixtures("_replaces")
def test_an_event_of_a_body_is_not_taken_over_by_another() -> None:
    LeafBody.objects.create(position=1000, tenant=LLAMAS, type="event", event=LLAMAS, salt=b"", text="{}")
    before = _rows(LeafBody)
    _replace(LeafBody, "position = 1001")
    assert _rows(LeafBody) == before


def _replace(model: type[models.Model], changes: str, number: str = "") -> None:
    """Insert a copy of the last row with changes, over whatever stands in its way."""
    changed = dict(change.split(" = ", 1) for change in changes.split(", "))
    columns = [field.column for field in model._meta.concrete_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
    more = f"{number}, " if number else ""
    table = model._meta.db_table
    connection = connections[model._default_manager.db]
    statement = (
        f"INSERT OR REPLACE INTO {table} ({more}{names}) SELECT {more}{values} FROM {table} ORDER BY rowid DESC LIMIT 1"
    )
    with suppress(DatabaseError), transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(model: type[models.Model]) -> list[tuple[object, ...]]:
    return list(model._default_manager.order_by("pk").values_list())
