"""The history of a tenant page by page, and what it tells of a leaf, whatever stands in it."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
from django.db.models import Q

from ledger import history
from ledger.actor import Actor
from ledger.append import append_leaf
from ledger.events import entry_of, record_event
from ledger.history import History, Place, Standing, _said
from ledger.ids import new_id
from ledger.leaves import Entry, commit
from ledger.models import Action, AuditEvent, Leaf, LeafBody, LeafType
from tests.support.flush import without_guards
from tests.support.ledger import opening, unsealer_pen
from vault.events import record_pending
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db
SALT = bytes(32)


def happened(tenant: UUID, count: int) -> list[UUID]:
    """Record so many events; return their ids, newest first."""
    with transaction.atomic():
        events = [
            record_event(Actor.operator(), Action.PRICE_SET, target=number, organization_id=tenant, cents=number)
            for number in range(count)
        ]
    record_pending()
    return [event.pk for event in reversed(events)]


def said(members: object, **changes: Any) -> history.Happening:
    """Return what a leaf with this text says, written one second after 1970."""
    tenant, text = UUID(int=1), members if isinstance(members, str) else json.dumps(members)
    body = LeafBody(position=7, tenant=tenant, event=UUID(int=2), salt=SALT, text=text)
    header = {"position": 7, "tenant": tenant, "sequence": 3, "at": 1_000_000, "hash": b"h" * 32}
    return _said(body, Leaf(**{**header, "commitment": commit(SALT, text), **changes}))


def test_a_page_says_what_stands_before_and_after_it() -> None:
    tenant = new_id()
    ids = happened(tenant, 5)
    for cut, told, edges in [
        ({}, ids[:2], (False, True)),
        ({"before": ids[1]}, ids[2:4], (True, True)),
        ({"before": ids[2]}, ids[3:], (True, False)),
        ({"before": ids[3]}, ids[4:], (True, False)),
        ({"after": ids[4]}, ids[2:4], (True, True)),
        ({"after": ids[3]}, ids[1:3], (True, True)),
        ({"after": ids[2]}, ids[:2], (False, True)),
        ({"after": ids[1]}, ids[:1], (False, True)),
    ]:
        page = History(tenant).page(2, **cut)
        assert ([each.id for each in page.happenings], (page.has_newer, page.has_older)) == (told, edges)
        assert {each.standing for each in page.happenings} == {Standing.RECORDED}


def test_a_row_that_is_gone_is_told_on_its_page_alone_in_both_directions() -> None:
    tenant = new_id()
    ids = happened(tenant, 6)
    with without_guards(connections["default"]):
        AuditEvent.objects.filter(pk=ids[3]).delete()
    pages: list[tuple[dict[str, UUID], list[UUID]]] = [
        ({}, ids[:2]),
        ({"before": ids[1]}, [ids[2], ids[3], ids[4]]),
        ({"before": ids[4]}, [ids[5]]),
        ({"after": ids[5]}, [ids[2], ids[3], ids[4]]),
        ({"after": ids[2]}, ids[:2]),
    ]
    for cut, told in pages:
        found = History(tenant).page(2, **cut).happenings
        assert [each.id for each in found] == told
        assert {each.id for each in found if each.standing is Standing.UNLISTED} == {ids[3]} & set(told)


def test_what_is_gone_beyond_a_page_is_not_told_on_it() -> None:
    tenant = new_id()
    ids = happened(tenant, 6)
    with without_guards(connections["default"]):
        AuditEvent.objects.filter(pk=ids[1]).delete()
    for cut in ({"after": ids[5]}, {"before": ids[2]}):
        assert [each.id for each in History(tenant).page(2, **cut).happenings] == ids[3:5]


def test_what_is_gone_is_found_among_leaves_of_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_UNLISTED", 1)
    tenant = new_id()
    append_leaf(opening(tenant), pen=unsealer_pen())
    (gone,) = happened(tenant, 1)
    append_leaf(Entry(tenant, LeafType.REFUSAL, "system:unknown"), pen=unsealer_pen())
    with without_guards(connections["default"]):
        AuditEvent.objects.filter(pk=gone).delete()
    assert [each.id for each in History(tenant).page(5).happenings] == [gone]


def test_an_event_whose_leaf_came_late_is_told_on_its_own_page_alone() -> None:
    tenant = new_id()
    made = {"organization_id": tenant, "actor": "operator:command-line", "action": "price:set", "target": "x"}
    late, *others = (AuditEvent.objects.create(**made) for _ in range(3))
    for events in (others, [late]):
        unsealer().record([entry_of(event) for event in events])
    newest = History(tenant).page(2)
    assert [each.id for each in newest.happenings] == [others[1].pk, others[0].pk]
    (oldest,) = History(tenant).page(2, before=newest.oldest).happenings
    assert (oldest.id, oldest.standing) == (late.pk, Standing.RECORDED)


def test_rows_of_the_oldest_and_of_the_newest_that_are_gone_are_told_as_well() -> None:
    tenant = new_id()
    ids = happened(tenant, 3)
    with without_guards(connections["default"]):
        AuditEvent.objects.filter(pk__in=[ids[0], ids[2]]).delete()
    happened(new_id(), 1)
    assert [each.id for each in History(tenant).page(5).happenings] == ids
    with without_guards(connections["default"]):
        AuditEvent.objects.filter(pk=ids[1]).delete()
    told = History(tenant).page(5).happenings
    assert [(each.standing, each.place and each.place.sequence) for each in told] == [
        (Standing.UNLISTED, sequence) for sequence in (3, 2, 1)
    ]


def test_a_search_tells_nothing_of_what_is_gone_since_nobody_knows_whether_it_would_match() -> None:
    tenant = new_id()
    ids = happened(tenant, 3)
    with without_guards(connections["default"]):
        AuditEvent.objects.filter(pk=ids[1]).delete()
    assert [each.id for each in History(tenant, Q(action="price:set")).page(5).happenings] == [ids[0], ids[2]]
    assert History(tenant, Q(action="key:revoked")).page(5).happenings == []


def test_all_of_them_are_as_many_as_there_are_however_they_are_chunked(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = new_id()
    ids = happened(tenant, 4)
    for chunk in (1, 2, 3, 4, 5):
        monkeypatch.setattr(history, "_CHUNK", chunk)
        assert [each.id for each in History(tenant).all()] == ids


def test_an_event_tells_what_its_leaf_says_and_where_that_stands() -> None:
    tenant = new_id()
    (event,) = happened(tenant, 1)
    (told,) = History(tenant).page(1).happenings
    leaf, row = Leaf.objects.get(tenant=tenant), AuditEvent.objects.get(pk=event)
    assert (told.id, told.at, told.actor, told.action) == (event, row.at, "operator:command-line", "price:set")
    assert (told.target, told.payload) == ("0", {"cents": 0})
    assert told.place == Place(leaf.position, leaf.sequence, bytes(leaf.hash).hex())


def test_a_row_without_a_leaf_tells_what_it_says_itself() -> None:
    tenant = new_id()
    row = AuditEvent.objects.create(
        organization_id=tenant, actor="user:x", action="key:revoked", target="x", payload={"cents": 3}
    )
    (told,) = History(tenant).page(1).happenings
    assert (told.at, told.actor, told.action, told.target) == (row.at, "user:x", "key:revoked", "x")
    assert (told.payload, told.place) == ({"cents": 3}, None)
    AuditEvent.objects.create(organization_id=tenant, actor="user:x", action="key:revoked", target="x", payload=["a"])
    assert History(tenant).page(1).happenings[0].payload == {}


def test_a_leaf_that_says_nothing_readable_is_told_with_nothing_and_the_time_of_the_leaf() -> None:
    for text in ("{", "[]", "[" * 100_000, {"payload": [1], "changed": "yesterday"}):
        told = said(text)
        assert (told.actor, told.action, told.target, told.payload) == ("", "", "", {})
        assert told.at == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


def test_what_no_payload_holds_is_told_as_text() -> None:
    told = said({"payload": {"a": 1, "b": "x", "c": None, "d": [1], "e": 0.5}})
    assert told.payload == {"a": 1, "b": "x", "c": None, "d": "[1]", "e": "0.5"}


def test_a_leaf_of_another_tenant_or_commitment_makes_the_body_broken() -> None:
    assert said({}).standing is Standing.RECORDED
    assert said({}, tenant=UUID(int=9)).standing is Standing.BROKEN
    assert said({}, commitment=bytes(32)).standing is Standing.BROKEN


def test_a_body_without_its_leaf_is_broken_and_of_no_time() -> None:
    told = _said(LeafBody(position=1, tenant=UUID(int=1), event=None, salt=SALT, text="{}"), None)
    assert (told.standing, told.place, told.id) == (Standing.BROKEN, None, UUID(int=0))
    assert told.at == datetime(1970, 1, 1, tzinfo=UTC)
