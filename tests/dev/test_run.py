"""What `make run` refuses before it starts anything, and what it leaves for other shells."""

import os
import socket
import stat
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from dev import environment, parts
from dev.ports import PortError, Ports, choose
from dev.run import summary
from tests.dev.conftest import ROOT, free_port

PORTS = Ports(8000, 8001, 8002, 8025, 8003, 8006)


def run(**variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dev.run"]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, timeout=10
    )


def test_production_is_refused_with_a_sentence() -> None:
    done = run(ENVIRONMENT="production")
    assert done.returncode == 1
    assert done.stderr.startswith("ENVIRONMENT is 'production', and this starts a development world")


@pytest.mark.parametrize("variable", ["PORT", "API_PORT"])
def test_a_taken_port_is_an_error_that_names_its_variable(variable: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"PORT": str(free_port()), "API_PORT": str(free_port()), variable: str(port)}
        done = run(VAR_DIR=str(tmp_path / "var"), **ports)
    assert done.returncode == 1
    assert (
        done.stderr == f"Port {port} is taken by another program. Stop it, or choose another: {variable}=… make run\n"
    )


@pytest.mark.parametrize("text", ["0", "70000", "console", "-1"])
def test_a_malformed_port_is_an_error(text: str) -> None:
    with pytest.raises(PortError, match="it must be a port number"):
        choose({"PORT": text})


def test_the_console_and_the_gateway_need_two_ports() -> None:
    port = str(free_port())
    with pytest.raises(PortError, match="they must differ"):
        choose({"PORT": port, "API_PORT": port})


def test_the_outside_world_moves_when_its_ports_are_taken() -> None:
    with ExitStack() as taken:
        for port in (8002, 8025, 8003, 8006):
            with suppress(OSError):  # someone else has it: just as well
                taken.enter_context(socket.create_server(("127.0.0.1", port)))
        ports = choose({"PORT": str(free_port()), "API_PORT": str(free_port())})
    moved = {ports.outside, ports.smtp, ports.model, ports.stripe}
    assert not {8002, 8025, 8003, 8006} & moved
    assert len({ports.console, ports.gateway, *moved}) == 6


def test_the_settings_file_is_private_and_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    environment.prepare(folder)
    file = folder / "development.env"
    written = file.read_text()
    environment.prepare(folder)
    assert file.read_text() == written
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kind, key = written.splitlines()
    assert kind == "ENVIRONMENT=development"
    assert len(key.removeprefix("SECRET_KEY=")) >= 50


def test_the_parts_are_told_where_the_outside_world_is() -> None:
    told = environment.for_parts(PORTS, {"HOME": "/home/olivia"})
    assert told["HOME"] == "/home/olivia"
    assert told["MAILBOX_URL"] == "http://localhost:8002/mailbox"
    assert told["PHONE_URL"] == "http://localhost:8002/phone"
    assert told["SMTP_URL"] == "smtp://127.0.0.1:8025"
    assert (told["SMS_PROVIDER"], told["TWILIO_URL"]) == ("twilio", "http://localhost:8002")
    assert told["MODEL_UPSTREAM_URL"] == "http://localhost:8003/v1"


def test_a_model_server_of_ones_own_is_kept() -> None:
    own = {"MODEL_UPSTREAM_URL": "http://gpu:9000/v1"}
    assert environment.brings_own_model(own)
    assert environment.for_parts(PORTS, own)["MODEL_UPSTREAM_URL"] == "http://gpu:9000/v1"


def test_the_parts_are_told_of_the_simulated_stripe() -> None:
    told = environment.for_parts(PORTS, {})
    assert told["STRIPE_URL"] == "http://localhost:8006"
    assert (told["STRIPE_SECRET_KEY"], told["STRIPE_WEBHOOK_SECRET"]) == ("sk_test_simulator", "whsec_simulator")


def test_a_stripe_account_of_ones_own_keeps_the_simulator_down() -> None:
    own = {"STRIPE_SECRET_KEY": "sk_test_of_olivia"}
    assert environment.brings_own_stripe(own)
    assert environment.for_parts(PORTS, own)["STRIPE_SECRET_KEY"] == "sk_test_of_olivia"
    assert "STRIPE_URL" not in environment.for_parts(PORTS, own)
    for own_stripe in (True, False):
        plan = parts.plan(PORTS, Path("unsealer.sock"), own_model=True, own_stripe=own_stripe)
        names = [part.name for part in plan[0]]  # type: ignore[union-attr]
        assert names == (["outside"] if own_stripe else ["outside", "stripe"])


def test_the_summary_says_how_to_sign_in(tmp_path: Path) -> None:
    demo = tmp_path / "demo.json"
    assert "Sign in" not in "\n".join(summary(PORTS, demo))
    demo.write_text('{"email": "demo@acme.example", "password": "a long demo password"}')
    text = "\n".join(summary(PORTS, demo))
    assert "http://localhost:8000" in text
    assert "demo@acme.example" in text
    assert "a long demo password" in text


def test_a_second_run_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with environment.lock(tmp_path), pytest.raises(SystemExit, match=r"Another `make run`"):
        environment.lock(tmp_path)
    environment.lock(tmp_path).close()
