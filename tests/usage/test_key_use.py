"""What a key did is counted once, by hour, network and model."""

from datetime import timedelta

import pytest

from billing.settlement import settle_calls
from keys.models import KeyUse
from ledger.ids import new_id
from tests.usage.test_recording import call

pytestmark = pytest.mark.django_db


def test_calls_of_a_key_add_up_by_hour_network_and_model_once_each() -> None:
    key = new_id()
    first = call(key_id=key, network="203.0.113.0/24")
    hour = first.started_at.replace(minute=0, second=0, microsecond=0)
    later = call(key_id=key, network="203.0.113.0/24", started_at=hour + timedelta(minutes=59), status=502)
    elsewhere = call(key_id=key, network="2001:db8::/48", started_at=hour)
    settle_calls([first, later])
    settle_calls([later, elsewhere, first])
    here, there = KeyUse.objects.filter(key_id=key).order_by("network")
    assert (here.network, here.requests, here.errors) == ("2001:db8::/48", 1, 0)
    assert (there.requests, there.errors, there.hour) == (2, 1, hour)
    assert there.tokens == 2 * (first.prompt_tokens + first.completion_tokens)
    assert there.last_at == max(first.started_at, later.started_at)


def test_an_earlier_call_that_comes_late_does_not_set_the_last_one_back() -> None:
    key = new_id()
    now = call(key_id=key)
    hour = now.started_at.replace(minute=0, second=0, microsecond=0)
    settle_calls([call(key_id=key, started_at=hour + timedelta(minutes=30))])
    settle_calls([call(key_id=key, started_at=hour)])
    assert KeyUse.objects.get(key_id=key).last_at == hour + timedelta(minutes=30)
