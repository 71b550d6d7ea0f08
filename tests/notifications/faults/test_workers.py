"""Workers that die, two of everything, a broker that forgets: each message goes out, and twice only where it must."""

import signal
import threading

from tests.notifications.faults.station import Station


def test_two_workers_and_two_beats_send_each_message_once(station: Station) -> None:
    for _ in range(2):
        station.start_worker()
        station.start_beat()
    _, ids = station.tell("put", 30)
    station.wait_until_sent()
    assert sorted(message_id.strip("<>").partition("@")[0] for message_id in station.office.taken) == sorted(ids)


def test_a_message_is_sent_again_when_its_worker_was_killed_before_the_server_had_it(station: Station) -> None:
    worker = station.start_worker()
    entered = threading.Event()

    def kill() -> str:
        if entered.is_set():
            return "250 taken"
        entered.set()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        return "451 the worker is gone"

    station.office.before = kill
    station.start_beat()
    station.tell("put", 1)
    station.wait(entered.is_set)
    station.start_worker()
    station.wait_until_sent()
    assert len(station.office.taken) == 1


def test_a_worker_killed_after_the_server_took_the_mail_sends_it_twice_under_one_id(station: Station) -> None:
    """The documented window: nobody can commit in two systems at once. The Message-ID lets the server tell."""
    worker = station.start_worker()
    station.office.before = lambda: (worker.send_signal(signal.SIGKILL), worker.wait(), "250 taken")[2]
    station.start_beat()
    station.tell("put", 1)
    station.wait(lambda: station.office.taken)
    station.office.before = lambda: "250 taken"
    station.start_worker()
    station.wait_until_sent()
    first, second = station.office.taken
    assert first == second


def test_a_broker_that_forgot_everything_costs_a_lease_and_no_message(station: Station) -> None:
    station.tell("put", 5)
    station.tell("relay")
    station.forget_queues()
    assert set(station.tell("states").values()) == {"open"}
    station.start_worker()
    station.start_beat()
    station.wait_until_sent()
    assert len(station.office.taken) == 5


def test_a_worker_that_is_asked_to_stop_finishes_what_it_sends(station: Station) -> None:
    worker = station.start_worker()
    held, go = threading.Event(), threading.Event()
    station.office.before = lambda: (held.set(), go.wait(20), "250 taken")[2]
    station.tell("put", 1)
    station.wait(held.is_set)
    worker.send_signal(signal.SIGTERM)
    go.set()
    worker.wait(20)
    station.wait_until_sent()
    assert len(station.office.taken) == 1
