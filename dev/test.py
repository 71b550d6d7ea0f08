"""Runs the whole suite: on SQLite, then on PostgreSQL, and beside both the journeys in a browser, which mostly wait.

All of vault and ledger, lines and branches, must be covered by their tests on both databases together.
What a machine lacks is skipped and said at the end; with REQUIRE_SERVICES=1 (CI) a lack is a failure.
Arguments go on to pytest: `python -m dev.test tests/keys -k revoke`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
_NO_TESTS = 5  # pytest's exit code where the arguments select none of a run's tests

# Tests that bring their databases or need none, and long ones that hardly depend on which database it is.
_ONCE = (
    "accounts/passkeys",
    "accounts/sso",
    "admin_api",
    "bench",
    "console",
    "dev",
    "gateway",
    "notifications/faults",
    "notifications/messages",
    "pages",
    "playground",
    "staff",
    "stripe_simulator",
    "tampering",
    "tenancy",
    "vault/roots",
    "vault/unsealer",
)
# What vault and ledger are covered by. Measuring makes a test half as slow again, so the others go without.
_MEASURED = ("vault", "ledger", "tampering", "concurrency", "trust")
_MEASURED_AGAIN = ("ledger",)  # on PostgreSQL, for what only it runs through


@dataclass(frozen=True)
class Run:
    """One run of pytest; `missing` says what it needs and the machine lacks."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    missing: str = ""
    beside: bool = False  # it runs while those after it do, and its output comes at the end


def main() -> int:
    chosen = tuple(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="llama-console-coverage-") as folder:
        failed, skipped = _all_runs(chosen, Path(folder))
    for line in skipped:
        print(f"skipped — {line}")
    if skipped and os.environ.get("REQUIRE_SERVICES") == "1":
        print("REQUIRE_SERVICES=1: nothing may be skipped.")
        return 1
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall runs passed")
    return 1 if failed else 0


def _runs(chosen: tuple[str, ...]) -> list[Run]:
    workers = min((os.cpu_count() or 2) + 1, 8)  # one more than processors: a third of the time, tests wait
    # Who is done takes over what another one still has: a few tests of workers that are killed take very long.
    parallel = ("-n", str(workers), "--dist", "worksteal")
    journeys = Run(
        "journeys against the running stack",
        chosen or ("tests/journeys",),
        {"CHROMIUM": CHROMIUM or ""},
        "" if CHROMIUM else "Chromium is not installed",
        beside=not chosen,
    )
    databases, missing = _databases(), _no_postgres()
    if chosen:
        arguments = (*parallel, "--ignore=tests/journeys", *chosen)
        once = _without(_ONCE)
        return [Run("SQLite", arguments, {}), Run("PostgreSQL", (*arguments, *once), databases, missing), journeys]
    measured, others = ("--cov", "--cov-report="), _without(("journeys",))
    once = _without((*_ONCE, *_MEASURED_AGAIN))
    return [
        journeys,
        Run("SQLite, vault and ledger measured", (*parallel, *measured, *_in(_MEASURED)), {}),
        Run("SQLite, all others", (*parallel, *others, *_without(_MEASURED)), {}),
        Run("PostgreSQL, ledger measured", (*parallel, *measured, *_in(_MEASURED_AGAIN)), databases, missing),
        Run("PostgreSQL, all others", (*parallel, *others, *once), databases, missing),
    ]


def _in(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"tests/{name}" for name in names)


def _without(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"--ignore=tests/{name}" for name in names)


def _all_runs(chosen: tuple[str, ...], coverage: Path) -> tuple[list[str], list[str]]:
    """Return what failed and what was skipped, and why."""
    failed: list[str] = []
    skipped: list[str] = []
    with ThreadPoolExecutor() as beside:
        begun: list[tuple[Run, Path, Future[int]]] = []
        for run in _runs(chosen):
            if run.missing:
                skipped.append(f"{run.name}: {run.missing}")
            elif run.beside:
                output = coverage / f"{run.name}.txt"
                begun.append((run, output, beside.submit(_pytest, run, coverage, output)))
            else:
                print(f"\n── {run.name}", flush=True)
                if _pytest(run, coverage) not in {0, _NO_TESTS if chosen else 0}:
                    failed.append(run.name)
        for run, output, ended in begun:
            code = ended.result()
            print(f"\n── {run.name}\n{output.read_text()}", flush=True)
            if code:
                failed.append(run.name)
    if not (chosen or skipped or failed) and not _is_covered(coverage):
        failed.append("coverage of vault and ledger")
    return failed, skipped


def _is_covered(folder: Path) -> bool:
    """Tell whether vault and ledger were covered whole, and print what was not."""
    coverage = (sys.executable, "-m", "coverage")
    environment = {**os.environ, "COVERAGE_FILE": str(folder / "all")}
    subprocess.run([*coverage, "combine", "--quiet", *folder.glob("run-*")], env=environment, check=True)
    report = [*coverage, "report", "--skip-covered", "--show-missing", "--fail-under=100"]
    return subprocess.run(report, env=environment, check=False).returncode == 0


def _pytest(run: Run, coverage: Path, output: Path | None = None) -> int:
    """Run pytest and return its exit code; what it says goes into a file if one is named."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="llama-console-tests-") as var:
        data = {"COVERAGE_FILE": str(coverage / f"run-{run.name.split()[0]}")}
        environment = {**os.environ, **run.environment, **data, "VAR_DIR": var}
        command = [sys.executable, "-m", "pytest", *run.arguments]
        with output.open("w") if output else nullcontext() as said:
            code = subprocess.run(command, env=environment, stdout=said, stderr=said, check=False).returncode
    print(f"── {run.name}: {time.monotonic() - began:.0f} s", flush=True)
    return code


def _databases() -> dict[str, str]:
    names = {"DATABASE_URL": "console", "CONTENT_DATABASE_URL": "content", "VAULT_DATABASE_URL": "vault"}
    return {variable: f"{POSTGRES}/{name}" for variable, name in names.items()}


def _no_postgres() -> str:
    import psycopg

    try:
        psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3).close()
    except psycopg.Error:
        return "PostgreSQL does not answer (TEST_POSTGRES_URL names another one)"
    return ""


if __name__ == "__main__":
    sys.exit(main())
