"""The local provider: who may read its file, what may stand in it, and how it changes under running processes."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.vault.roots.providers import Local
from tests.vault.roots.test_contract import CONTENT, DATA, HERE, raises
from vault.errors import VaultError
from vault.planes import Plane
from vault.roots import root_file
from vault.roots.local import LocalKeys
from vault.roots.material import Roots
from vault.roots.root_file import add_roots, create_file, remove_roots
from vault.roots.sources import FileSource, VariableSource, read_file

ADD_FIVE = """
import django, pathlib, sys
django.setup()
from vault.roots import add_roots
input("ready")
for _ in range(5):
    add_roots(pathlib.Path(sys.argv[1]))
"""


def document(local: Local) -> dict[str, Any]:
    return json.loads(local.path.read_text())


def rewrite(local: Local, change: Callable[[dict[str, Any]], object]) -> None:
    changed = document(local)
    change(changed)
    local.path.write_text(json.dumps(changed))


def put_key(key: bytes) -> Callable[[dict[str, Any]], object]:
    """Return a change that makes `key` a root of the content plane."""
    return lambda document: document["planes"][CONTENT]["roots"].update({"00" * 8: base64.b64encode(key).decode()})


def test_the_file_is_for_its_owner_alone_and_one_that_others_read_is_refused(local: Local) -> None:
    assert local.path.stat().st_mode & 0o777 == 0o600
    local.rotate()
    assert local.path.stat().st_mode & 0o777 == 0o600
    assert local.path.with_name("roots.json.lock").stat().st_mode & 0o777 == 0o600
    for mode in (0o640, 0o604, 0o660):
        local.path.chmod(mode)
        raises("exposed-root", local.start().check)


def test_a_file_is_made_with_the_folders_that_it_needs(tmp_path: Path) -> None:
    create_file(tmp_path / "var" / "keys" / "roots.json")
    LocalKeys(FileSource(tmp_path / "var" / "keys" / "roots.json")).check()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_a_file_stays_with_its_owner_when_an_administrator_changes_it(local: Local) -> None:
    os.chown(local.path, 65534, 65534)
    local.rotate()
    assert local.path.stat().st_uid == 65534


def test_a_file_is_never_overwritten(local: Local) -> None:
    before = local.path.read_bytes()
    with pytest.raises(FileExistsError):
        create_file(local.path)
    assert local.path.read_bytes() == before


def test_a_version_1_file_is_read_and_becomes_version_2_when_a_root_is_added(local: Local) -> None:
    wrapped = local.start().wrap(DATA, b"k" * 32, HERE)
    planes = document(local)["planes"].items()
    roots = {plane: {"id": entry["primary"], "key": entry["roots"][entry["primary"]]} for plane, entry in planes}
    local.path.write_text(json.dumps({"version": 1, "roots": roots}))
    assert local.start().unwrap(DATA, wrapped, HERE) == b"k" * 32
    local.rotate()
    assert local.start().unwrap(DATA, wrapped, HERE) == b"k" * 32
    assert document(local)["version"] == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(version=3),
        lambda document: document.pop("version"),
        lambda document: document.update(planes=[1]),
        lambda document: document["planes"].update(unknown=document["planes"][DATA]),
        lambda document: document["planes"][DATA].update(primary="00" * 8),
        lambda document: document["planes"][DATA].update(primary="not hex"),
        lambda document: document["planes"][DATA]["roots"].update({"00" * 8: "AAAA"}),
        lambda document: document["planes"][DATA]["roots"].update({"00": "A" * 43 + "="}),
        lambda document: document["planes"][DATA]["roots"].update({"00" * 8: "A!" + "A" * 42 + "="}),
        lambda document: document["planes"].update({CONTENT: document["planes"][DATA]}),
    ],
)
def test_a_broken_file_is_unreadable(local: Local, change: Callable[[dict[str, Any]], object]) -> None:
    rewrite(local, change)
    raises("unreadable-root", local.start().check)


def test_a_file_without_a_plane_misses_a_root(local: Local) -> None:
    rewrite(local, lambda document: document["planes"].pop(Plane.INDEX))
    raises("missing-root", local.start().check)


@pytest.mark.parametrize("secret", ["short", "exactly 32 bytes of a secret key", "x" * 60])
def test_a_root_made_from_the_secret_key_is_refused(local: Local, settings: Any, secret: str) -> None:
    settings.SECRET_KEY = secret
    local.start().check()
    for key in (hashlib.sha256(secret.encode()).digest(), secret.encode()[:32].ljust(32, b"\0")):
        rewrite(local, put_key(key))
        raises("unreadable-root", local.start().check)


def test_an_error_names_the_file_or_the_variable(local: Local) -> None:
    changes: list[Callable[[dict[str, Any]], object]] = [
        lambda document: document.update(version=3),
        lambda document: document["planes"].update({CONTENT: document["planes"][DATA]}),
        put_key(hashlib.sha256(settings.SECRET_KEY.encode()).digest()),
        lambda document: document["planes"].pop(Plane.INDEX),
    ]
    for change in changes:
        before = local.path.read_bytes()
        rewrite(local, change)
        with pytest.raises(VaultError, match=re.escape(f": {local.path} ")):
            local.start().check()
        local.path.write_bytes(before)
    local.lose()
    for read in (FileSource(local.path).stamp, FileSource(local.path).load):
        with pytest.raises(VaultError, match=re.escape(f": {local.path} does not exist")):
            read()
    with pytest.raises(VaultError, match=": ROOT_KEYS does not hold"):
        VariableSource(base64.b64encode(b"{}").decode()).load()


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    raises("unreadable-root", lambda: read_file(tmp_path))
    (tmp_path / "file").touch()
    raises("unreadable-root", FileSource(tmp_path / "file" / "roots.json").stamp)


def test_a_running_process_takes_up_a_new_root_at_once(local: Local) -> None:
    running = local.start()
    old = running.wrap(DATA, bytes(32), HERE)
    ids = add_roots(local.path)
    by_another = local.start().wrap(DATA, b"k" * 32, HERE)
    assert running.unwrap(DATA, by_another, HERE) == b"k" * 32
    assert not running.is_current(DATA, old)
    assert running.wrap(DATA, bytes(32), HERE)[4:12] == ids[DATA]


def test_a_file_that_stays_as_it_is_is_read_once(local: Local) -> None:
    class Counted(FileSource):
        loads = 0

        def load(self) -> Roots:
            self.loads += 1
            return super().load()

    source = Counted(local.path)
    running = LocalKeys(source)
    running.check()
    assert source.loads == 1
    local.rotate()
    running.check()
    assert source.loads == 2


def test_a_running_process_stops_when_its_file_goes_away_or_is_opened_to_others(local: Local) -> None:
    running = local.start()
    running.check()
    local.path.chmod(0o644)
    raises("exposed-root", running.check)
    local.lose()
    raises("missing-root", lambda: running.wrap(DATA, bytes(32), HERE))


def test_a_removed_root_opens_nothing_and_a_primary_stays(local: Local) -> None:
    wrapped = local.start().wrap(DATA, bytes(32), HERE)
    old = {entry.primary for entry in read_file(local.path).values()}
    raises("refused", lambda: remove_roots(local.path, old))
    local.rotate()
    raises("refused", lambda: remove_roots(local.path, [b"unknown!"]))
    assert local.start().unwrap(DATA, wrapped, HERE) == bytes(32)
    remove_roots(local.path, old)
    raises("wrong-root", lambda: local.start().unwrap(DATA, wrapped, HERE))
    local.start().check()


def test_roots_added_by_several_processes_at_once_are_all_kept(local: Local) -> None:
    # Without the lock beside the file, two that read the same roots would each write the other's away.
    command = [sys.executable, "-c", ADD_FIVE, str(local.path)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)]
    assert [process.stdout.read(5) for process in processes] == [b"ready"] * 3
    for process in processes:
        process.stdin.write(b"go\n")
        process.stdin.close()
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert {len(entry.keys) for entry in read_file(local.path).values()} == {16}


def test_an_addition_that_fails_leaves_the_file_and_nothing_else(local: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(new: str, old: Path) -> None:
        # Only within a folder a file takes the place of another one in one step.
        assert (Path(new).parent, Path(new).name[:12]) == (old.parent, ".roots.json.")
        raise OSError("no space left")

    before = local.path.read_bytes()
    monkeypatch.setattr(root_file.os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        local.rotate()
    assert local.path.read_bytes() == before
    assert {file.name for file in local.path.parent.iterdir()} == {"roots.json", "roots.json.lock"}


def test_through_a_link_the_file_behind_it_is_changed(local: Local) -> None:
    link = local.path.with_name("link.json")
    link.symlink_to(local.path)
    add_roots(link)
    assert (link.is_symlink(), len(read_file(local.path)[DATA].keys)) == (True, 2)


def test_roots_come_from_a_variable_too(local: Local) -> None:
    wrapped = local.start().wrap(DATA, b"k" * 32, HERE)
    roots = LocalKeys(VariableSource(base64.b64encode(local.path.read_bytes()).decode()))
    assert roots.unwrap(DATA, wrapped, HERE) == b"k" * 32
    roots.check()
    text = base64.b64encode(local.path.read_bytes()).decode()
    for broken in ("not base64", f"{text[:8]}!{text[8:]}", "Zoë"):
        raises("unreadable-root", LocalKeys(VariableSource(broken)).check)
