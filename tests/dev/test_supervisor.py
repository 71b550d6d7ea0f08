"""The supervisor starts, watches and stops parts, and leaves no process behind."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dev.conftest import Run, free_port, is_alive, wait_for

Supervise = Callable[..., Run]


def test_steps_and_parts_start_in_order_and_all_are_up(supervise: Supervise) -> None:
    run = supervise({"model": ["serve", str(free_port())]}, ["fail", "0"], {"console": ["serve", str(free_port())]})
    lines = run.says("up\n").splitlines()
    titles = [line.split(" (")[0] for line in lines if line.startswith("✓")]
    assert titles == ["✓ model", "✓ setting up", "✓ console"]
    assert len(run.pids()) == 3


def test_every_line_stands_under_the_name_of_its_part(supervise: Supervise) -> None:
    run = supervise({"model": ["sleep"], "console": ["sleep"]})
    run.says("model    │ pid ")
    assert "\x1b" not in run.says("console  │ pid ")


def test_a_part_that_crashes_is_reported_and_started_again(supervise: Supervise, tmp_path: Path) -> None:
    run = supervise({"worker": ["fail_once", str(tmp_path / "crashed")], "console": ["sleep"]})
    run.says("✗ worker stopped (exit 3); restarting it in")
    wait_for(lambda: len(run.pids()) == 3)
    assert run.process.poll() is None


def test_a_part_that_is_killed_is_started_again(supervise: Supervise) -> None:
    run = supervise({"worker": ["sleep"]})
    run.says("up\n")
    os.kill(wait_for(run.pids).pop(), signal.SIGKILL)
    run.says("✗ worker stopped (SIGKILL); restarting it in")
    wait_for(lambda: len(run.pids()) == 2)


def test_a_part_that_keeps_crashing_ends_the_run_and_is_named(supervise: Supervise) -> None:
    run = supervise({"console": ["sleep"], "worker": ["fail", "7"]})
    assert run.ends() == 1
    assert run.text().count("✗ worker stopped (exit 7); restarting") == 5
    assert "✗ worker stopped (exit 7) again after 5 restarts in a minute" in run.text()
    assert run.leaves_nothing()


def test_a_step_that_fails_ends_the_run(supervise: Supervise) -> None:
    run = supervise({"model": ["sleep"]}, ["fail", "4"], {"console": ["sleep"]})
    assert run.ends() == 1
    assert "✗ Setting up failed (exit 4)" in run.text()
    assert "console" not in run.text()
    assert run.leaves_nothing()


def test_a_part_that_never_answers_is_named_when_the_time_is_up(supervise: Supervise) -> None:
    run = supervise({"gateway": ["silent", str(free_port())], "model": ["serve", str(free_port())]}, deadline=1.5)
    assert run.ends() == 1
    assert "Not ready after 2 seconds: gateway does not answer at http://127.0.0.1:" in run.text()
    assert run.leaves_nothing()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_is_no_failure(supervise: Supervise, number: signal.Signals) -> None:
    run = supervise({"model": ["sleep"]}, {"console": ["serve", str(free_port())]})
    run.says("up\n")
    wait_for(lambda: len(run.pids()) == 2)
    run.process.send_signal(number)
    assert run.ends() == 0
    assert run.leaves_nothing()


def test_a_signal_in_the_middle_of_a_step_stops_everything(supervise: Supervise) -> None:
    run = supervise({"model": ["sleep"]}, ["sleep"])
    wait_for(lambda: len(run.pids()) == 2)
    run.process.send_signal(signal.SIGINT)
    assert run.ends() == 0
    assert run.leaves_nothing()


def test_a_part_that_ignores_the_request_is_ended_with_its_children(supervise: Supervise) -> None:
    run = supervise({"worker": ["stubborn"]})
    wait_for(lambda: len(run.pids()) == 2)
    run.process.send_signal(signal.SIGTERM)
    assert run.ends() == 0
    assert run.leaves_nothing()


def test_no_part_outlives_a_supervisor_that_was_killed(supervise: Supervise) -> None:
    run = supervise({"model": ["sleep"], "worker": ["stubborn"]})
    wait_for(lambda: len(run.pids()) == 3)
    run.process.kill()
    run.ends()
    assert any(map(is_alive, run.pids()))
    wait_for(run.leaves_nothing, 6)
