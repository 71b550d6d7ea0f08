"""Mutation testing of vault/ and ledger/: `make mutants ROOM=vault/suites.py`. docs/mutants.md has the results.

mutmut does the work. Here stands what it leaves to us: which mutants are worth a run, databases for parallel runs
(with tests/support/forked.py), and the list of survivors.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
from mutmut import configuration
from mutmut.mutation import file_mutation, mutators
from mutmut.mutation.diff_apply import get_diff_for_mutant

FOLDER = Path("mutants")
_MEMORY = "/dev/shm"  # noqa: S108  the databases of a run are worth no disk flush
MOST = int(os.environ.get("MOST", "2"))  # mutants tested at once
# By exit code; every other one is a mutant's death.
_ALIVE = {None: "not run", 0: "survived", 5: "untested", 33: "untested"}
_DATABASES = (
    "import tests.environment, django; from django.test.utils import setup_databases; django.setup(); "
    "setup_databases(verbosity=0, interactive=False, keepdb=True)"
)
# The tests of a room, without those that start processes and threads where the room is not about them. The longest
# beginning that fits counts.
_CASES = "tests/tampering/test_{}_cases.py"
_NEAR = ["-k", "not thread and not process", "--ignore=tests/vault/roots", "--ignore=tests/vault/unsealer/test_wire.py"]
_SLOW = [f"tests/vault/{name}.py" for name in ("rotation/test_kill", "rotation/test_at_once", "unsealer/test_process")]
_REACHED = ["tests/vault/unsealer", "-k", "not process"]
_TESTS = {
    "vault": ["tests/vault", _CASES.format("vault"), *_NEAR],
    "vault/roots": ["tests/vault/roots", "tests/vault/rotation/test_roots.py", "tests/vault/test_sealed_fields.py"],
    **{f"vault/unsealer/{name}.py": _REACHED for name in ("recorder", "server", "socket_client", "ticker", "wire")},
    "ledger": ["tests/ledger", _CASES.format("ledger"), "tests/vault/test_events.py", "tests/trust"],
}


def main(rooms: list[str]) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    _configure([room.rstrip("/") for room in rooms])
    memory = _MEMORY if os.path.isdir(_MEMORY) else None
    with tempfile.TemporaryDirectory(prefix="llama-console-mutants-", dir=memory) as folder:
        os.environ["VAR_DIR"] = folder
        _make_databases(Path(folder) / "templates")
        _leave_out_prose()
        _run()
    _report()


def _configure(rooms: list[str]) -> None:
    """Let mutmut mutate these rooms alone, and run the tests that are about them."""
    config = configuration.config()
    config.only_mutate = [room if room.endswith(".py") else f"{room}/*" for room in rooms]
    tests = [max((each for each in _TESTS if room.startswith(each)), key=len) for room in rooms]
    chosen = [argument for each in dict.fromkeys(tests) for argument in _TESTS[each]]
    config.pytest_add_cli_args_test_selection = [*chosen, *(f"--ignore={each}" for each in _SLOW)]


def _make_databases(folder: Path) -> None:
    settings = {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "llama_console.settings"}
    subprocess.run([sys.executable, "-c", _DATABASES], env={**os.environ, **settings}, check=True)


def _run() -> None:
    from mutmut.__main__ import cli

    cli(["run", "--max-children", str(MOST)], standalone_mode=False)


def _leave_out_prose() -> None:
    """Drop mutants of sentences, two of the three of a string, and calls that lack a positional argument."""
    replaced: dict[object, object] = {mutators.operator_string: _strings, mutators.operator_arg_removal: _arguments}
    ours = [(kind, replaced.get(each, each)) for kind, each in mutators.mutation_operators]
    vars(file_mutation)["mutation_operators"] = ours  # mutmut has no setting for it


def _strings(node: cst.BaseString) -> Iterator[cst.BaseString]:
    """Put another text in the place of a string, not one around it: tests look for codes in the middle of messages."""
    if isinstance(node, cst.SimpleString) and not _is_prose(node) and len(node.quote) == 1:
        yield node.with_changes(value=f"{node.prefix}{node.quote}mutant{node.quote}")


def _arguments(node: cst.Call) -> Iterator[cst.Call]:
    for at, argument in enumerate(node.args):
        if argument.star or _is_prose(argument.value) or argument.value.deep_equals(cst.Name("None")):
            continue
        emptied = argument.with_changes(value=cst.Name("None"))
        yield node.with_changes(args=[*node.args[:at], emptied, *node.args[at + 1 :]])
        if argument.keyword and len(node.args) > 1:
            yield node.with_changes(args=[*node.args[:at], *node.args[at + 1 :]])


def _is_prose(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.BaseString) and cst.Module([]).code_for_node(node).count(" ") > 1


def _report() -> None:
    """Print how many mutants of each module were killed, and what the others change."""
    for meta in sorted(FOLDER.rglob("*.meta")):
        codes: dict[str, int | None] = json.loads(meta.read_text())["exit_code_by_key"]
        outcomes = {name: _ALIVE.get(code, "killed") for name, code in codes.items()}
        print(f"{meta.relative_to(FOLDER).with_suffix('')}: {dict(Counter(outcomes.values()))}")
        for name in (name for name, what in outcomes.items() if what != "killed"):
            print(f"\n{outcomes[name]}: {name}\n{get_diff_for_mutant(name)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
