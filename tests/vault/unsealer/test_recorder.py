"""The recorder: what gathers is committed together, a check alone, and each caller learns its own outcome."""

import threading
from collections import Counter

import pytest
from django.db import connections

from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import Head, Leaf, LeafType
from tests.support.ledger import PEN
from vault.unsealer.recorder import Recorder

pytestmark = pytest.mark.django_db(transaction=True)


def entry() -> Entry:
    return Entry(new_id(), LeafType.OPENING, "user:someone", purpose="own-account")


def gathered(jobs: list[tuple[Entry, bool]]) -> list[str]:
    """Append while the recorder is held up, so that all jobs wait for it at once; return their outcomes in order."""
    recorder, held, outcomes = Recorder(), threading.Event(), ["" for _ in jobs]
    occupied = threading.Event()

    def hold() -> None:
        def check() -> None:
            occupied.set()
            held.wait(20)

        recorder.append([entry()], PEN, check)

    def append(number: int) -> None:
        one, checked = jobs[number]
        try:
            recorder.append([one], PEN, _refuse if checked else None)
            outcomes[number] = "committed"
        except Exception as error:
            outcomes[number] = type(error).__name__

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    while not occupied.wait(0.01):
        assert threads[0].is_alive()
    for number in range(len(jobs)):
        threads.append(threading.Thread(target=append, args=(number,)))
        threads[-1].start()
        while len(recorder._waiting) < number + 1:
            assert threads[-1].is_alive()
            threading.Event().wait(0.001)
    held.set()
    for thread in threads:
        thread.join(20)
    return outcomes


def _refuse() -> None:
    raise PermissionError


def test_a_check_that_refuses_takes_nothing_else_back() -> None:
    jobs = [(entry(), False), (entry(), True), (entry(), False), (entry(), False)]
    assert gathered(jobs) == ["committed", "PermissionError", "committed", "committed"]
    assert Leaf.objects.count() == 4


def test_a_broken_chain_fails_its_own_job_alone() -> None:
    broken = entry()
    Head.objects.create(tenant=broken.tenant, sequence=3, hash=bytes(32))
    assert gathered([(entry(), False), (broken, False), (entry(), False)]) == ["committed", "LedgerError", "committed"]


@pytest.mark.parametrize("first", [True, False])
def test_of_just_two_that_gathered_the_broken_one_does_not_take_the_other_along(first: bool) -> None:
    """Neither by its failure nor, worse, by the other's being told that it was committed."""
    broken, whole = entry(), entry()
    Head.objects.create(tenant=broken.tenant, sequence=3, hash=bytes(32))
    jobs = [(broken, False), (whole, False)] if first else [(whole, False), (broken, False)]
    assert gathered(jobs) == (["LedgerError", "committed"] if first else ["committed", "LedgerError"])
    assert Leaf.objects.filter(tenant=whole.tenant).count() == 1


def test_what_gathered_costs_one_commit() -> None:
    gathered([(entry(), False) for _ in range(20)])
    times = list(Leaf.objects.order_by("position").values_list("at", flat=True))
    assert len(times) == 21
    assert len(set(times)) == 2  # leaves of a commit have one time
    connections.close_all()


def test_a_commit_holds_sixty_four_jobs_at_most() -> None:
    assert gathered([(entry(), False) for _ in range(70)]) == ["committed"] * 70
    sizes = Counter(Leaf.objects.values_list("at", flat=True))
    assert sorted(sizes.values()) == [1, 6, 64]
    connections.close_all()
