"""Audit events: bound to the transaction of their change, and each given one leaf in the right chain."""

import importlib
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger import events
from ledger.actor import Actor
from ledger.append import append_leaf
from ledger.events import append_events, at_of, entry_of, pending_entries, record_event, settle_events
from ledger.ids import INSTALLATION, new_id
from ledger.leaves import Entry
from ledger.models import Action, AuditEvent, LeafBody, LeafType
from ledger.written import said_since
from tests.support.ledger import PEN

pytestmark = pytest.mark.django_db
WORKER = Actor.system("worker")


def recorded(actor: Actor = WORKER, organization_id: UUID | None = None) -> AuditEvent:
    with transaction.atomic():
        return record_event(actor, Action.PRICE_SET, target="a model", organization_id=organization_id, cents=3)


@pytest.mark.django_db(transaction=True)
def test_an_event_is_not_recorded_outside_of_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record_event(WORKER, Action.PRICE_SET, target="a model")


def test_an_event_gets_one_leaf_however_often_it_is_asked_for() -> None:
    event = recorded()
    entries = pending_entries()
    append_events(entries, PEN)
    append_events(entries, PEN)
    body = json.loads(LeafBody.objects.get(event=event.pk).text)
    assert (body["type"], body["action"], body["payload"]) == ("event", "price:set", {"cents": 3})
    settle_events(entries)
    assert pending_entries() == []


def test_the_leaf_of_an_event_says_who_changed_what_and_when() -> None:
    event = recorded()
    append_events(pending_entries(), PEN)
    leaf = LeafBody.objects.get(event=event.pk)
    body = json.loads(leaf.text)
    assert (leaf.actor, body["target"], body["changed"]) == ("system:worker", "a model", event.at.isoformat())


def test_an_event_that_somebody_else_appends_at_the_same_moment_is_left_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(2):
        recorded()
    entries = pending_entries()
    append_events(entries[:1], PEN)
    look, looks = events._without_leaf, iter([entries])
    monkeypatch.setattr(events, "_without_leaf", lambda found: next(looks, None) or look(found))
    append_events(entries, PEN)
    assert [sequence for sequence, _ in said_since(INSTALLATION, 0, PEN)] == [1, 2]


def test_an_event_stands_in_the_chain_of_whom_it_concerns() -> None:
    person, organization = new_id(), new_id()
    recorded(Actor.user(person), organization)
    recorded(Actor.user(person))
    recorded(Actor.operator())
    recorded(Actor.key(new_id()))
    assert [entry.tenant for entry in pending_entries()] == [organization, person, INSTALLATION, INSTALLATION]


def test_it_is_told_when_an_event_happened() -> None:
    recorded()
    event = recorded()
    assert at_of(event.pk) == event.at


def test_half_a_character_becomes_a_question_mark() -> None:
    event = AuditEvent(actor="system:worker", at=datetime.now(UTC), payload={"a": "half \ud800"})
    assert entry_of(event).more["payload"] == {"a": "half ?"}


def test_waiting_events_are_read_with_one_query_a_batch() -> None:
    for _ in range(3):
        recorded()
    with CaptureQueriesContext(connection) as queries:
        assert len(pending_entries()) == 3
    assert len(queries) == 1


def test_the_same_event_has_no_second_leaf() -> None:
    entry = Entry(INSTALLATION, LeafType.EVENT, str(WORKER), event=new_id())
    append_leaf(entry, pen=PEN)
    with pytest.raises(IntegrityError):
        append_leaf(entry, pen=PEN)


def test_events_from_before_the_log_wait_for_their_leaf_after_the_migration() -> None:
    event = recorded()
    settle_events(pending_entries())
    importlib.import_module("ledger.migrations.0003_the_log").queue_events(apps, None)
    assert [entry.event for entry in pending_entries()] == [event.pk]
