"""What happens at the same moment to the log, to usage and to the outbox.

Each test names the lock or constraint that it proves.
On SQLite every writing transaction takes the one write lock first (IMMEDIATE), which serves as all of them.
"""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.actions import (
    sign_up,
)
from accounts.models import (
    Organization,
    User,
)
from ledger.append import append_leaf
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import Leaf, LeafBody, LeafType
from notifications import outbox, preferences
from notifications.kinds import Kind
from notifications.models import Channel, Choice, DeliveryHour, DigestItem, OutboxMessage, Outcome
from notifications.telling import tell
from tests.support.at_once import ROUNDS, THREADS, at_once
from tests.support.ledger import PEN
from tests.usage.test_recording import call
from usage.actions import record_calls
from usage.models import HourlyUsage
from usage.sketch import unpack
from vault.keyring import Keyring
from vault.models import DataKey
from vault.planes import Plane
from vault.roots import roots
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db(transaction=True)


def test_leaves_stay_gapless_by_the_lock_on_the_logs_one_row() -> None:
    tenants = [new_id(), new_id()]
    entries = [Entry(tenants[n % 2], LeafType.REFUSAL, "system:test") for n in range(THREADS)]
    results = at_once(*[lambda entry=entry: append_leaf(entry, pen=PEN) for entry in entries])
    assert sorted(leaf.position for leaf in results) == list(range(THREADS))
    for tenant in tenants:
        chain = list(Leaf.objects.filter(tenant=tenant).order_by("sequence"))
        assert [leaf.sequence for leaf in chain] == list(range(1, THREADS // 2 + 1))
        assert all(bytes(after.previous) == bytes(leaf.hash) for leaf, after in pairwise(chain))


def test_the_same_calls_from_many_writers_count_once_by_the_lock_on_their_organizations_usage() -> None:
    calls = [call(started_at=datetime(2026, 11, 20, hour, tzinfo=UTC)) for hour in range(20)]
    results = at_once(*[lambda: record_calls(calls)] * THREADS)
    assert sum(results) == len(calls)
    assert sum(row.requests for row in HourlyUsage.objects.all()) == len(calls)


def test_different_calls_into_the_same_hours_all_count_with_their_durations_by_that_lock() -> None:
    hours = [datetime(2026, 11, 20, hour, tzinfo=UTC) for hour in range(20)]
    batches = [[call(started_at=hour) for hour in (hours if n % 2 else hours[::-1])] for n in range(THREADS)]
    at_once(*[lambda batch=batch: record_calls(batch) for batch in batches])
    assert {row.requests for row in HourlyUsage.objects.all()} == {THREADS}
    assert {sum(unpack(row.latencies).values()) for row in HourlyUsage.objects.all()} == {THREADS}


def test_one_address_signs_up_once_by_the_unique_blind_index() -> None:
    results = at_once(*[lambda: sign_up(email="new@example.com", password="a sentence works well")] * THREADS)
    assert not [result for result in results if isinstance(result, Exception)]
    assert User.objects.count() == Organization.objects.count() == 1


def test_a_message_goes_to_one_relay_by_skip_locked() -> None:
    user = User.objects.create_user("new@example.com", None)
    for _ in range(20):
        outbox.put("verify-email", user.pk, recipient_id=user.pk)
    now = timezone.now()
    claimed = at_once(*[lambda: outbox.claim_due(now)] * THREADS)
    assert sum(map(len, claimed)) == len({each for ids in claimed for each in ids}) == 20


def test_what_is_told_at_once_is_in_one_summary_by_the_unique_key_and_items(news: Kind) -> None:
    people = [User.objects.create_user(f"{number}@example.com", None) for number in range(3)]
    for user in people:
        preferences.choose(user.pk, [news], {(news.name, Channel.EMAIL): Choice.DAILY})
    subjects, ids = [new_id() for _ in range(THREADS // 2)], [user.pk for user in people]
    told = [(subject, order) for subject in subjects for order in (ids, ids[::-1])]
    results = at_once(*[lambda subject=subject, to=to: _tell(news, subject, to) for subject, to in told])
    assert not [result for result in results if isinstance(result, Exception)]
    summaries = list(OutboxMessage.objects.filter(kind="summary"))
    assert {each.recipient_id for each in summaries} == set(ids)
    assert len(summaries) == len(ids)
    for each in summaries:
        items = DigestItem.objects.filter(digest_id=each.subject_id)
        assert sorted(item.subject_id for item in items) == sorted(subjects)


def _tell(kind: Kind, subject: UUID, to: list[UUID]) -> int:
    with transaction.atomic():
        return tell(kind.name, subject, to)


def test_what_has_one_key_is_told_once_by_its_unique_key(news: Kind) -> None:
    ids = [new_id() for _ in range(3000)]  # enough that on PostgreSQL two orders would block each other
    orders = [ids, ids[::-1]] * 2
    results = at_once(*[lambda to=to: tell(news.name, new_id(), to, key="budget:80") for to in orders])
    assert not [result for result in results if isinstance(result, Exception)]
    assert sorted(each.recipient_id for each in OutboxMessage.objects.all()) == sorted(ids)


def test_messages_that_end_at_once_all_count_by_the_one_statement_that_adds() -> None:
    def end(outcome: Outcome, code: str) -> None:
        for seconds in range(10):
            DeliveryHour.objects.add(
                at=datetime(2026, 11, 20, 12, tzinfo=UTC),
                kind="verify-email",
                channel="email",
                outcome=outcome,
                code=code,
                latency=timedelta(seconds=seconds),
            )

    results = at_once(*[lambda: end(Outcome.SENT, "")] * THREADS, *[lambda: end(Outcome.GIVEN_UP, "failed")] * 2)
    assert not [result for result in results if isinstance(result, Exception)]
    given_up, sent = DeliveryHour.objects.order_by("outcome")
    assert (given_up.count, sent.count) == (20, 10 * THREADS)
    assert (sent.within_1, sent.within_5, sent.within_30) == (2 * THREADS, 4 * THREADS, 4 * THREADS)


def test_relays_that_give_up_many_at_once_cannot_deadlock_by_the_order_in_which_they_count() -> None:
    person, codes = new_id(), [f"smtp-{number % 20 + 500}" for number in range(50 * THREADS)]
    random.Random(4).shuffle(codes)
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            kind="verify-email", subject_id=person, recipient_id=person, tried=outbox.MAX_ATTEMPTS, error=code
        )
        for code in codes
    )
    results = at_once(*[lambda: outbox.claim_due(timezone.now())] * THREADS)
    assert results == [[]] * THREADS
    assert sum(DeliveryHour.objects.values_list("count", flat=True)) == OutboxMessage.objects.dead().count() > 0


def test_a_tenants_first_data_key_is_one_by_its_unique_constraint() -> None:
    tenant = new_id()
    keys = at_once(*[lambda: Keyring(roots()).sealing(tenant, Plane.CUSTOMER_DATA).id] * THREADS)
    assert len(set(keys)) == 1
    assert DataKey.objects.filter(tenant=tenant).count() == 1


@pytest.mark.parametrize("has_keys", [True, False])
def test_keys_are_destroyed_once_by_the_lock_on_the_logs_one_row(has_keys: bool) -> None:
    for _ in range(ROUNDS):
        tenant = new_id()
        if has_keys:
            Keyring(roots()).sealing(tenant, Plane.CUSTOMER_DATA)
        results = at_once(*[lambda: unsealer().shred("operator:command-line", tenant)] * THREADS)  # noqa: B023
        assert results == [None] * THREADS
        assert LeafBody.objects.filter(tenant=tenant, type=LeafType.DESTRUCTION).count() == 1
