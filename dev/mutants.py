"""Mutation testing of vault/ and ledger/: `make mutants ROOM=vault/suites.py`. docs/mutants.md has the results.

mutmut makes the mutants. Here stands which of them are worth a run and which tests are about them;
tests/support/forked.py runs these.
"""

import fnmatch
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import libcst as cst
import pytest
from mutmut import configuration
from mutmut.mutation import file_mutation, mutators
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.utils.file_utils import (
    change_cwd,
    copy_also_copy_files,
    copy_src_dir,
    setup_source_paths,
    walk_mutatable_files,
)

FOLDER = Path("mutants")
_MEMORY = "/dev/shm"  # noqa: S108  the databases of a run are worth no disk flush
MOST = int(os.environ.get("MOST", "2"))  # mutants tested at once
SHARE = float(os.environ.get("SHARE", "1"))  # of a module's mutants that are tried: a random choice, the same each time
ONLY = os.environ.get("ONLY", "*").split()  # patterns of their names: to try survivors again
TESTS = os.environ.get("TESTS", "").split()  # in place of all tests that are about the rooms
_PYTEST = ["--rootdir=.", "-qq", "-s", "--reuse-db", "-p", "no:cacheprovider"]
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
    "ledger/verifier": [
        "tests/ledger/test_verifier.py",
        "tests/ledger/test_verifier_reasons.py",
        "tests/ledger/test_bundle.py",
        _CASES.format("ledger"),
    ],
    "ledger": ["tests/ledger", _CASES.format("ledger"), "tests/vault/test_events.py", "tests/trust"],
}


def main(rooms: list[str]) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    rooms = [room.rstrip("/") for room in rooms]
    configuration.config().only_mutate = [room if room.endswith(".py") else f"{room}/*" for room in rooms]
    memory = _MEMORY if os.path.isdir(_MEMORY) else None
    with tempfile.TemporaryDirectory(prefix="llama-console-mutants-", dir=memory) as folder:
        os.environ["VAR_DIR"] = folder
        _make_databases(Path(folder) / "templates")
        _leave_out_prose()
        _make_mutants()
        paths = [path for room in rooms for path in sorted(walk_mutatable_files()) if str(path).startswith(room)]
        outcomes = _try(_chosen(paths), _tests(rooms))
    for path, counts in sorted(outcomes.items()):
        print(f"{path}: {len(_mutants(path))} mutants, {counts.total()} tried: {dict(counts)}")


def _tests(rooms: list[str]) -> list[str]:
    """Return the arguments that choose the tests that are about these rooms."""
    if TESTS:
        return TESTS
    keys = [max((each for each in _TESTS if room.startswith(each)), key=len) for room in rooms]
    chosen = [argument for each in dict.fromkeys(keys) for argument in _TESTS[each]]
    return [*chosen, *(f"--ignore={each}" for each in _SLOW)]


def _make_databases(folder: Path) -> None:
    settings = {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "llama_console.settings"}
    subprocess.run([sys.executable, "-c", _DATABASES], env={**os.environ, **settings}, check=True)


def _make_mutants() -> None:
    """Copy the source to FOLDER, where each function of the rooms stands beside its mutants, and import from there."""
    from mutmut.__main__ import create_mutants  # it decides how processes start

    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        copy_src_dir()
        copy_also_copy_files()
        create_mutants(MOST)
    setup_source_paths()


def _mutants(path: Path) -> list[str]:
    data = SourceFileMutationData(path=path)
    data.load()
    return list(data.exit_code_by_key)


def _chosen(paths: list[Path]) -> dict[str, Path]:
    """Return the mutants to try, by name, and the module of each."""
    chosen = {}
    for path in paths:
        names = _mutants(path)
        some = set(random.Random(str(path)).sample(names, math.ceil(SHARE * len(names))))  # noqa: S311
        chosen.update(
            {name: path for name in names if name in some and any(fnmatch.fnmatch(name, each) for each in ONLY)}
        )
    return chosen


def _try(mutants: dict[str, Path], tests: list[str]) -> dict[Path, Counter[str]]:
    """Run the tests against each mutant and print those that none of them killed; return how many, by outcome."""
    from tests.support.forked import Forks

    outcomes: dict[Path, Counter[str]] = defaultdict(Counter)

    def report(name: str, outcome: str, seconds: float) -> None:
        outcomes[mutants[name]][outcome] += 1
        with change_cwd(".."), open(FOLDER / "outcomes.txt", "a") as file:
            print(f"{outcome} {seconds:.1f} {name}", file=file)
            if outcome in ("survived", "untested"):
                print(f"\n{outcome}: {name}\n{get_diff_for_mutant(name, path=mutants[name])}", flush=True)

    with change_cwd(FOLDER):
        pytest.main([*_PYTEST, *tests], plugins=[Forks(list(mutants), MOST, report)])
    return outcomes


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
    if node.func.deep_equals(cst.Name("cast")):
        return  # its type is for the type checker
    for at, argument in enumerate(node.args):
        if argument.star or _is_prose(argument.value) or argument.value.deep_equals(cst.Name("None")):
            continue
        emptied = argument.with_changes(value=cst.Name("None"))
        yield node.with_changes(args=[*node.args[:at], emptied, *node.args[at + 1 :]])
        if argument.keyword and len(node.args) > 1:
            yield node.with_changes(args=[*node.args[:at], *node.args[at + 1 :]])


def _is_prose(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.BaseString) and cst.Module([]).code_for_node(node).count(" ") > 1


if __name__ == "__main__":
    main(sys.argv[1:])
