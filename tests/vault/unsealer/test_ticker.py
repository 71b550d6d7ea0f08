"""The ticker does its jobs again and again, also after one that failed."""

import threading

import pytest

from tests.gateway.fakes import eventually
from vault.errors import VaultError
from vault.unsealer.ticker import Ticker


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (VaultError("not-recorded", "The ledger did not record it.", permanent=False), "failed: not-recorded"),
        (KeyError("zoe@example.com"), "failed: unexpected KeyError"),
    ],
)
def test_a_job_that_fails_is_said_and_tried_again(
    error: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []

    def job() -> None:
        done.append(1)
        if len(done) == 1:
            raise error

    ticker = Ticker(job, period=0.01)
    ticker.start()
    eventually(lambda: len(done) >= 3)
    ticker.stop()
    assert said in caplog.text
    assert "zoe" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_ticker_that_nobody_stops_keeps_no_process_alive() -> None:
    ticker, before = Ticker(lambda: None, period=0.01), set(threading.enumerate())
    ticker.start()
    ticking = [each for each in threading.enumerate() if each.name == "ticker" and each not in before]
    assert [each.daemon for each in ticking] == [True]
    ticker.stop()
