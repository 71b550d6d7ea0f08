"""Caps: nobody makes us send more texts than they allow, whatever is asked for at the same moment."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from dev.phone import BUSY, SILENT
from ledger.ids import new_id
from notifications import windows
from notifications.failure import DeliveryError
from notifications.models import OutboxMessage, WindowCount
from notifications.sms import caps
from tests.dev.conftest import World
from tests.notifications.sms.conftest import OUTSIDER, OWNER, Send, with_phone
from tests.support.at_once import THREADS, at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def cap(settings: Any) -> Any:
    """Set single caps; all others are out of reach."""

    def only(**chosen: int) -> None:
        wanted = {name.replace("_", "-"): most for name, most in chosen.items()}
        settings.SMS_CAPS = dict.fromkeys(settings.SMS_CAPS, 1000) | wanted

    return only


def is_capped(message: OutboxMessage) -> bool:
    assert message.error in {"", "sms-capped"}
    assert bool(message.failed_at) == bool(message.error)
    return message.error == "sms-capped"


@pytest.mark.parametrize("window", ["hour", "day"])
def test_a_person_gets_no_more_than_their_cap_also_on_new_numbers(
    owner: User, member: User, send: Send, cap: Any, window: str
) -> None:
    cap(**{f"person_{window}": 1})
    assert not is_capped(send(owner))
    assert is_capped(send(with_phone(owner, "+447700900002")))
    assert not is_capped(send(member))


@pytest.mark.parametrize("window", ["hour", "day"])
def test_a_number_gets_no_more_than_its_cap_whoever_asks(
    owner: User, outsider: User, send: Send, cap: Any, window: str
) -> None:
    cap(**{f"number_{window}": 1})
    assert not is_capped(send(owner))
    assert is_capped(send(with_phone(outsider, "+44 7700 900001")))
    assert not is_capped(send(with_phone(outsider, OUTSIDER)))


def test_a_country_gets_no_more_than_its_cap(owner: User, member: User, outsider: User, send: Send, cap: Any) -> None:
    cap(country_hour=1)
    assert not is_capped(send(owner))
    assert is_capped(send(with_phone(outsider, "+447700900002")))
    assert not is_capped(send(member))


def test_an_address_that_asks_too_often_gets_nothing_sent(owner: User, member: User, send: Send, cap: Any) -> None:
    cap(source_hour=1)
    asking = caps.source_of("192.0.2.7")
    assert not is_capped(send(owner, source=asking))
    assert is_capped(send(member, source=asking))
    assert not is_capped(send(member, source=caps.source_of("192.0.2.8")))


def test_a_capped_text_never_reaches_the_provider(owner: User, send: Send, cap: Any, phone: World) -> None:
    cap(number_hour=1)
    send(owner)
    send(owner)
    assert len(phone.json("/phone.json")) == 1


def test_a_window_that_is_over_counts_no_more(owner: User, send: Send, cap: Any) -> None:
    cap(number_hour=1)
    send(owner)
    WindowCount.objects.update(start=timezone.now() - timedelta(hours=2))
    assert not is_capped(send(owner))


def test_what_one_cap_refuses_is_not_counted_by_the_others(cap: Any) -> None:
    cap(number_hour=1)
    with caps.counted(new_id(), OWNER):
        pass
    with pytest.raises(DeliveryError, match="sms-capped"), caps.counted(new_id(), OWNER):
        pass
    assert WindowCount.objects.get(scope="country-hour").count == 1


def test_what_surely_did_not_go_out_is_given_back(owner: User, send: Send) -> None:
    assert send(with_phone(owner, BUSY)).error == "sms-throttled"
    assert set(WindowCount.objects.values_list("count", flat=True)) == {0}


def test_what_may_have_gone_out_is_counted(owner: User, send: Send, settings: Any) -> None:
    settings.SMS_TIMEOUT = (0.5, 0.5)
    assert send(with_phone(owner, SILENT)).error == "sms-unanswered"
    assert set(WindowCount.objects.values_list("count", flat=True)) == {1}


def test_old_counters_are_purged_and_no_others(owner: User, send: Send) -> None:
    send(owner)
    kept = WindowCount.objects.count()
    WindowCount.objects.create(scope="number-day", key="x", start=timezone.now() - timedelta(days=3), count=1)
    assert windows.purge(timezone.now()) == 1
    assert WindowCount.objects.count() == kept


@pytest.mark.django_db(transaction=True)
def test_of_texts_at_the_same_moment_as_many_go_as_the_cap_allows_by_the_one_conditional_upsert(cap: Any) -> None:
    cap(number_hour=3)

    def ask() -> bool:
        try:
            with caps.counted(new_id(), OWNER):
                return True
        except DeliveryError:
            return False

    assert sum(at_once(*[ask] * THREADS)) == 3
    assert WindowCount.objects.get(scope="number-hour").count == 3
    assert WindowCount.objects.get(scope="country-hour").count == 3
