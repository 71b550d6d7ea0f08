"""A console of its own for one test of faults: databases, broker, mail server, and real worker and beat processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.notifications.faults.post_office import PostOffice

ROOT = Path(__file__).resolve().parents[3]
CELERY = (sys.executable, "-m", "celery", "--quiet", "--app", "llama_console")
WORKER = ("worker", "--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle")
BEAT = ("beat", "--loglevel", "WARNING")
PATIENCE = 120.0  # seconds; a busy machine starts a worker in half a minute


def console(folder: Path) -> dict[str, str]:
    """Return the environment of a console's process over a folder."""
    passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **passed,
        "ENVIRONMENT": "development",
        "SECRET_KEY": "a key for tests alone",
        "DJANGO_SETTINGS_MODULE": "llama_console.settings",
        "PYTHONPATH": str(ROOT),
        "VAR_DIR": str(folder),
    }


def prepare(folder: Path) -> None:
    """Make root keys and databases."""
    for command in ("vault_init", "migrate_all"):
        arguments = [sys.executable, "manage.py", command]
        subprocess.run(arguments, cwd=ROOT, env=console(folder), check=True, capture_output=True)


class Station:
    """`lease` is in seconds: how long a message that a dead worker had waits. `more` is for its environment."""

    def __init__(self, folder: Path, broker: str, prefix: str, lease: int = 3, **more: str) -> None:
        self.office = PostOffice()
        self._workers: list[subprocess.Popen[Any]] = []
        self._folder, self._processes = folder, list[subprocess.Popen[Any]]()
        self.environment = {
            **console(folder),
            "BROKER_URL": broker,
            "QUEUE_PREFIX": prefix,
            "OUTBOX_LEASE": str(lease),
            "SMTP_URL": f"smtp://127.0.0.1:{self.office.start()}",
            "REMAP_SIGTERM": "SIGQUIT",
            "PYTHONWARNINGS": "ignore",
            **more,
        }
        driver = (sys.executable, "-m", "tests.notifications.faults.driver")
        self._driver = self._start(driver, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._driver.stdout
        assert self._driver.stdout.readline() == "ready\n"

    def tell(self, verb: str, *arguments: object) -> Any:
        """Let the console's process do something, and return its answer."""
        assert self._driver.stdin
        assert self._driver.stdout
        self._driver.stdin.write(json.dumps([verb, *arguments]) + "\n")
        self._driver.stdin.flush()
        return json.loads(self._driver.stdout.readline())

    def start_worker(self, *options: str) -> "subprocess.Popen[Any]":
        name = f"w{len(self._processes)}@test"
        worker = self._start((*CELERY, *WORKER, "--loglevel", "WARNING", "-n", name, *options))
        self._workers.append(worker)
        return worker

    def supervise(self) -> None:
        """Start a worker for each that ended by itself, as an operator's supervisor does."""
        for worker in self._workers:
            if worker.poll() not in {None, -signal.SIGKILL}:
                self._workers.remove(worker)
                self.start_worker()

    def start_unsealer(self) -> None:
        """Start the process behind UNSEALER_SOCKET, and wait until it answers."""
        self._start((sys.executable, "manage.py", "unsealer"))
        self.wait(Path(self.environment["UNSEALER_SOCKET"]).exists)

    def start_beat(self) -> "subprocess.Popen[Any]":
        return self._start((*CELERY, *BEAT))

    def wait(self, happened: Callable[[], object], patience: float = PATIENCE) -> None:
        deadline = time.monotonic() + patience
        while not happened():
            self.supervise()
            assert time.monotonic() < deadline, f"It did not happen: {self.tell('states')}, taken {self.office.taken}"
            time.sleep(0.1)

    def wait_until_sent(self, patience: float = PATIENCE) -> None:
        self.wait(lambda: set(self.tell("states").values()) <= {"sent"}, patience)

    def forget_queues(self) -> None:
        """Wipe the broker: every message of this station is gone."""
        self.tell("forget_queues")

    def log(self) -> str:
        return "".join(path.read_text() for path in sorted(self._folder.glob("*.log")))

    def close(self) -> None:
        self._kill(*(process for process in self._processes if process is not self._driver))
        self.tell("forget_queues", True)
        self._kill(self._driver)
        self.office.stop()

    @staticmethod
    def _kill(*processes: "subprocess.Popen[Any]") -> None:
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()

    def _start(self, command: tuple[str, ...], **pipes: Any) -> "subprocess.Popen[Any]":
        log = (self._folder / f"{len(self._processes)}.log").open("w")
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=log, **{"stdout": log, **pipes})
        self._processes.append(process)
        return process
