"""What pages ask of the log."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.db.models import Q

from ledger.append import append_leaf
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import Leaf, LeafBody, LeafType
from ledger.queries import FieldOpening, MessageOpening, Window, field_openings, openings_for_messages, times
from tests.support.flush import without_guards
from tests.support.ledger import PEN

pytestmark = pytest.mark.django_db(databases=["vault"])


def test_a_window_after_the_last_leaf_is_empty() -> None:
    tenant = new_id()
    leaf = append_leaf(Entry(tenant, LeafType.OPENING, "system:worker", "sms"), pen=PEN)
    assert len(Window.since(tenant, leaf.at).entries(LeafType, Q())) == 1
    after = Window.since(tenant, leaf.at + 1)
    assert list(after.entries(LeafType, Q())) == after.tallies() == []


def opened(tenant: UUID, purpose: str = "sms", **said: Any) -> int:
    """Append an opening; return where it stands."""
    more = {"fields": ["accounts.User.phone"], "subjects": [str(tenant)], **said}
    return append_leaf(Entry(tenant, LeafType.OPENING, "system:worker", purpose, more=more), pen=PEN).position


def found(tenant: UUID, *purposes: str, minutes: int = 0) -> list[MessageOpening]:
    """Return the openings of the hour around now, or around another moment."""
    now, half = datetime.now(UTC) + timedelta(minutes=minutes), timedelta(minutes=30)
    return list(openings_for_messages(tenant, purposes or ("sms",), now - half, now + half))


def test_openings_for_messages_are_of_one_tenant_those_purposes_and_that_time() -> None:
    tenant, other = new_id(), new_id()
    opened(tenant, message="mine")
    opened(tenant, "email-notification", message="by-email")
    opened(other, message="theirs")
    append_leaf(Entry(tenant, LeafType.REFUSAL, "system:worker", "sms", more={"message": "refused"}), pen=PEN)
    assert [each.message for each in found(tenant)] == ["mine"]
    assert {each.message for each in found(tenant, "sms", "email-notification")} == {"mine", "by-email"}
    assert found(tenant)[0].fields == ["accounts.User.phone"]
    assert found(tenant, minutes=-31) == found(tenant, minutes=31) == []


def test_a_time_for_messages_includes_both_its_ends() -> None:
    tenant = new_id()
    position = opened(tenant, message="mine")
    at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=Leaf.objects.get(position=position).at)
    moment = timedelta(microseconds=1)
    for start, end, count in ((at, at, 1), (at + moment, at + moment, 0), (at - moment, at - moment, 0)):
        assert len(list(openings_for_messages(tenant, ["sms"], start, end))) == count


def test_openings_of_another_version_and_damaged_ones_are_left_out() -> None:
    tenant = new_id()
    opened(tenant)
    opened(tenant, message="kept", further="member")
    damaged = [opened(tenant, message="lost") for _ in range(4)]
    with without_guards(connections["vault"]):
        for position, text in zip(damaged, ("", "{", "[]", '{"message": 7}'), strict=True):
            LeafBody.objects.filter(position=position).update(text=text)
    assert [each.message for each in found(tenant)] == ["kept"]


def test_what_was_opened_since_a_moment_is_told_with_its_fields_oldest_first() -> None:
    tenant, start, phone = new_id(), datetime.now(UTC), ["accounts.User.phone"]
    first = opened(tenant)
    opened(new_id())
    append_leaf(Entry(tenant, LeafType.REFUSAL, "system:worker", "sms", more={"fields": phone}), pen=PEN)
    damaged, second = opened(tenant), opened(tenant, "email-notification", fields=[])
    with without_guards(connections["vault"]):
        LeafBody.objects.filter(position=damaged).update(text="{")
    assert list(field_openings(tenant, start)) == [
        FieldOpening(first, "sms", "system:worker", phone),
        FieldOpening(second, "email-notification", "system:worker", []),
    ]
    assert list(field_openings(tenant, datetime.now(UTC) + timedelta(minutes=1))) == []


def test_the_times_of_leaves_are_told_by_their_positions() -> None:
    tenant = new_id()
    positions = [opened(tenant) for _ in range(3)][1:]
    assert times(iter(positions)) == {each: Leaf.objects.get(position=each).at for each in positions}
