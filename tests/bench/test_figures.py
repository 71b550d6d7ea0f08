"""The gateway's bars: ratios are taken within a round, and who is absent is said and not passed."""

from bench.bar import Bar, Skipped
from bench.gateway.figures import Figures
from bench.gateway.streams import Streams
from bench.servers.wrk import Load

UNITS = ["×", "×", "ms", "µs", "×", "ms"]


def figures(**servers: list[tuple[float, float]]) -> Figures:
    """Return figures of servers, given their p50 and processor time by round."""
    found = Figures(24)
    for name, rounds in servers.items():
        for p50, cpu in rounds:
            load = Load(100, 1.0, p50, 10 * p50, cpu)
            found.add(name, load, load, Streams(10, p50, 24 * cpu))
    return found


def test_a_busy_round_that_both_had_changes_no_ratio() -> None:
    bars = list(
        figures(
            model=[(0.1, 1)] * 3,
            nginx=[(0.4, 1)] * 3,
            gateway=[(0.7, 10), (0.7, 50), (0.7, 20)],
            litellm=[(9, 1000), (9, 5000), (9, 3000)],
        ).bars({})
    )
    assert [bar.unit for bar in bars if isinstance(bar, Bar)] == UNITS
    assert [round(bar.figure, 6) for bar in bars if isinstance(bar, Bar)] == [100, 2, 7, 20, 100, 0.6]
    assert [bar.met for bar in bars] == [True, True, False, True, True, True]


def test_bars_of_an_absent_peer_say_why_and_are_not_met() -> None:
    found = figures(model=[(0.1, 1)], gateway=[(0.7, 10)])
    skipped = [bar for bar in found.bars({"litellm": "no pip", "nginx": "no nginx"}) if isinstance(bar, Skipped)]
    assert [bar.why for bar in skipped] == ["no pip", "no nginx", "no pip"]
    assert not any(bar.met for bar in skipped)
    assert skipped[0].line()["skipped"] == "no pip"
