"""Brokers that are away or silent: who signs up does not notice, and the mail comes later."""

import pytest

from tests.notifications.faults.proxy import Mode, Proxy
from tests.notifications.faults.station import Station

_QUICK = 1.0  # seconds


@pytest.mark.parametrize("broker", ["redis", "rabbitmq"], indirect=True)
@pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.SILENT], ids=["refused", "silent"])
def test_a_broker_that_is_away_costs_a_sign_up_nothing_and_its_mail_a_delay(
    station: Station, proxy: Proxy, mode: Mode
) -> None:
    station.start_worker()
    beat = station.start_beat()
    station.wait(lambda: station.tell("is_working"))
    usual = max(station.tell("sign_up")[0] for _ in range(3))  # a password's hash takes what the machine gives it
    station.wait_until_sent()
    proxy.set(mode)
    for _ in range(3):
        took, status = station.tell("sign_up")
        assert status == 302
        assert took < usual + _QUICK
        took, _ = station.tell("put", 1)
        assert took < _QUICK
    assert len(station.office.taken) == 3
    proxy.set(Mode.PASS)
    station.wait_until_sent()
    assert len(station.office.taken) == 9
    beat.kill()
    station.tell("put", 1)  # beat is gone: its nudge reaches the broker again
    station.wait_until_sent()
