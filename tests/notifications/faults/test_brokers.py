"""Brokers that are away or silent: the request that wanted to send does not notice, and the mail comes later."""

import pytest

from tests.notifications.faults.proxy import Mode, Proxy
from tests.notifications.faults.station import Station

_QUICK = 1.0  # seconds


@pytest.mark.parametrize("broker", ["redis", "rabbitmq"], indirect=True)
@pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.SILENT], ids=["refused", "silent"])
def test_a_broker_that_is_away_costs_the_request_nothing_and_the_mail_a_delay(
    station: Station, proxy: Proxy, mode: Mode
) -> None:
    station.start_worker()
    station.start_beat()
    station.wait(lambda: station.tell("is_working"))
    proxy.set(mode)
    for _ in range(3):
        took, _ = station.tell("put", 1)
        assert took < _QUICK
    assert station.office.taken == []
    proxy.set(Mode.PASS)
    station.wait_until_sent()
    assert len(station.office.taken) == 3
