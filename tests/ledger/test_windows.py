"""Counting a tenant's leaves: by type, purpose and member, by parts of a period, and in the tree."""

from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from ledger.append import append_leaf
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import LeafType
from ledger.queries import Slot, Tally, Window, covered, first_leaf, grants_of, headers, length, matching
from tests.support.ledger import LLAMAS, OUTSIDERS, PEN

pytestmark = pytest.mark.django_db(databases=["vault"])
START = 1_700_000_000_000_000  # microseconds
MEMBER, STAFF, SYSTEM = f"user:{UUID(int=1)}", "staff:7", "system:worker"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The microseconds since START, to be set."""
    now = [0]
    monkeypatch.setattr("ledger.append.time.time_ns", lambda: (START + now[0]) * 1000)
    return now


def put(purpose: str = "sms", actor: str = SYSTEM, **changes: Any) -> int:
    """Append an opening, or what is said; return its position."""
    entry = {"tenant": LLAMAS, "type": LeafType.OPENING, "actor": actor, "purpose": purpose, **changes}
    return append_leaf(Entry(**entry), pen=PEN).position


def slots(where: Q | None = None, width: int = 10) -> set[Slot]:
    found = Window.since(LLAMAS, START).slots(Q() if where is None else where, width)
    assert len(set(found)) == len(found)
    return set(found)


def test_openings_fall_into_the_part_of_the_period_in_which_they_were_made(clock: list[int]) -> None:
    for clock[0] in (0, 9, 10, 29):
        put()
    assert slots() == {Slot("sms", 0, 2, 0), Slot("sms", 1, 1, 0), Slot("sms", 2, 1, 0)}
    assert slots(width=30) == {Slot("sms", 0, 4, 0)}
    put(tenant=OUTSIDERS)
    put(type=LeafType.REFUSAL)
    assert slots(width=30) == {Slot("sms", 0, 4, 0)}


def test_parts_count_each_purpose_and_how_many_name_a_grant(clock: list[int]) -> None:
    put("sms")
    put("support-request", STAFF, grant=new_id())
    put("support-request", STAFF, grant=new_id())
    put("support-request", STAFF)
    assert slots() == {Slot("sms", 0, 1, 0), Slot("support-request", 0, 3, 2)}
    assert slots(Q(purpose="sms")) == {Slot("sms", 0, 1, 0)}
    assert Window.since(LLAMAS, START + 1).slots(Q(), 10) == []


def test_a_period_counts_what_members_did_apart(clock: list[int]) -> None:
    for actor in (MEMBER, f"key:{UUID(int=1)}", STAFF, SYSTEM):
        put(actor=actor)
    put(actor=MEMBER, type=LeafType.REFUSAL)
    put(tenant=OUTSIDERS)
    assert sorted(Window.since(LLAMAS, START).tallies(), key=str) == [
        Tally("opening", "sms", False, 2),
        Tally("opening", "sms", True, 2),
        Tally("refusal", "sms", True, 1),
    ]


def test_entries_are_of_the_types_asked_for_and_newest_first(clock: list[int]) -> None:
    places = [put() for _ in range(3)]
    refusal = put(type=LeafType.REFUSAL)
    window = Window.since(LLAMAS, START)
    assert [body.position for body in window.entries([LeafType.OPENING], Q())] == places[::-1]
    assert [body.position for body in window.entries([LeafType.REFUSAL], Q())] == [refusal]


PURPOSES, ACTORS = ("sms", "own-account", ""), (MEMBER, "key:1", STAFF, SYSTEM)
KEPT = {
    "all": lambda tally: True,
    "none": lambda tally: False,
    "by members": lambda tally: tally.by_member,
    "not by members": lambda tally: not tally.by_member,
    "one purpose": lambda tally: tally.purpose == "sms",
    "one purpose by members": lambda tally: tally.purpose == "sms" and tally.by_member,
    "two halves": lambda tally: tally.by_member == (tally.purpose == "sms"),
    "a half and a whole": lambda tally: tally.by_member or tally.purpose == "",
}


@pytest.mark.parametrize("kept", KEPT)
def test_the_condition_of_some_groups_holds_for_their_leaves_alone(clock: list[int], kept: str) -> None:
    for purpose in PURPOSES:
        for actor in ACTORS:
            put(purpose, actor)
    put("by-members-alone", MEMBER)
    window, holds = Window.since(LLAMAS, START), KEPT[kept]
    found = window.entries(LeafType, matching(window.tallies(), holds))
    shown = {(body.purpose, body.actor) for body in found}
    every = {(body.purpose, body.actor) for body in window.entries(LeafType, Q())}
    assert shown == {
        (purpose, actor)
        for purpose, actor in every
        if holds(Tally("", purpose, actor.startswith(("user:", "key:")), 0))
    }


def test_the_condition_looks_at_the_actor_only_where_it_decides(clock: list[int]) -> None:
    tallies = [Tally("opening", "sms", True, 1), Tally("opening", "sms", False, 1), Tally("opening", "alone", True, 1)]
    assert "actor" not in str(matching(tallies, lambda tally: True))
    assert "actor" in str(matching(tallies, lambda tally: tally.by_member))


def test_headers_are_those_of_the_leaves(clock: list[int]) -> None:
    places = [put() for _ in range(3)]
    bodies = list(Window.since(LLAMAS, START).entries(LeafType, Q()))[:2]
    assert {position: leaf.sequence for position, leaf in headers(bodies).items()} == {places[1]: 2, places[2]: 3}
    assert headers([]) == {}


def test_a_grant_is_told_by_its_start_and_its_end_oldest_first_and_by_nothing_of_others(clock: list[int]) -> None:
    grant, other = new_id(), new_id()
    started = put(type=LeafType.GRANT_STARTED, grant=grant)
    put(type=LeafType.GRANT_STARTED, grant=other)
    put(type=LeafType.GRANT_STARTED, grant=grant, tenant=OUTSIDERS)
    opened = [put("support-request", STAFF, grant=grant), put()]
    closed = put(type=LeafType.GRANT_CLOSED, grant=grant)
    bodies = [body for body in Window.since(LLAMAS, START).entries(LeafType, Q()) if body.position in opened]
    assert [body.position for body in grants_of(bodies)] == [started, closed]
    assert grants_of(bodies[:1]) == []  # the newest, without a grant


def test_how_long_a_chain_is_and_how_much_of_it_a_tree_has(clock: list[int]) -> None:
    places = [put(tenant=tenant) for tenant in (LLAMAS, OUTSIDERS, LLAMAS, LLAMAS)]
    assert [length(LLAMAS), length(OUTSIDERS), length(new_id())] == [3, 1, 0]
    assert [covered(LLAMAS, places[0] + size) for size in range(6)] == [0, 1, 1, 2, 3, 3]
    assert covered(new_id(), places[-1] + 1) == 0
    first = first_leaf(LLAMAS)
    assert first
    assert (first.position, first.tenant) == (places[0], LLAMAS)
    assert first_leaf(OUTSIDERS) != first
    assert first_leaf(new_id()) is None
