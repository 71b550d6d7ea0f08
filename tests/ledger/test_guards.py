"""On SQLite the way around an UPDATE trigger, INSERT OR REPLACE, puts nothing out of the append-only tables."""

from contextlib import suppress
from uuid import UUID

import pytest
from django.db import DatabaseError, connections, models, transaction

from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action, AuditEvent, Checkpoint, Erasure, Leaf, LeafBody, Subtree
from ledger.subtrees import complete_subtrees
from tests.support.ledger import LLAMAS, append, checkpoint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _full_log() -> None:
    if connections["vault"].vendor != "sqlite":
        pytest.skip("PostgreSQL asks the trigger of UPDATE")
    append(256)
    complete_subtrees(256)
    checkpoint()
    Erasure.objects.create(tenant=LLAMAS)
    with transaction.atomic():
        record_event(Actor.operator(), Action.PRICE_SET, target="a model", version=1)


@pytest.mark.parametrize(
    ("model", "changed"),
    [
        (Leaf, "hash = x''"),
        (Leaf, "position = 1000"),
        (LeafBody, "text = ''"),
        (Checkpoint, "text = ''"),
        (Subtree, "hash = x''"),
        (Subtree, "id = 1000"),
        (AuditEvent, "payload = '{}'"),
    ],
)
def test_what_is_unique_in_a_row_keeps_it(model: type[models.Model], changed: str) -> None:
    before = _rows(model)
    _replace(model, changed)
    assert _rows(model) == before


@pytest.mark.parametrize(
    ("model", "changed"),
    [
        (Leaf, "position = 1000, sequence = 1000"),
        (LeafBody, "position = 1000"),
        (Erasure, f"tenant = '{UUID(int=1).hex}'"),
        (AuditEvent, f"id = '{UUID(int=1).hex}'"),
    ],
)
def test_a_row_is_not_put_out_by_its_number(model: type[models.Model], changed: str) -> None:
    before = _rows(model)
    _replace(model, changed, number="rowid")
    assert _rows(model) == before


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
