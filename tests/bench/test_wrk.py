"""What wrk tells is read in the right units, and figures of refused requests are none."""

import pytest

from bench.servers import wrk

LINE = (
    'RESULT {"requests":3000,"microseconds":2000000,"p50":250.5,"p99":5100.0,"errors":%d,"refused":%d}\n'  # as wrk.lua
)


def test_times_are_in_milliseconds_and_the_rate_in_requests_a_second() -> None:
    load = wrk.read("Running 2s test\n" + LINE % (0, 0), "gateway")
    assert (load.requests, load.seconds, load.rate) == (3000, 2.0, 1500)
    assert (load.p50, load.p99) == (0.2505, 5.1)


@pytest.mark.parametrize("output", [LINE % (1, 0), LINE % (0, 1), "", "unable to connect"])
def test_errors_refusals_and_silence_are_no_figures(output: str) -> None:
    with pytest.raises(wrk.BadAnswers, match="gateway"):
        wrk.read(output, "gateway")
