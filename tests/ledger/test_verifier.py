"""The verifier as a person runs it: alone, with a report to read, and without a traceback whatever the file."""

import base64
import gc
import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.append import append_leaf, append_leaves
from ledger.leaves import Entry
from ledger.models import Erasure, LeafBody, LeafType
from ledger.notes import Signer
from tests.support.ledger import (
    LLAMAS,
    PEN,
    PURPOSES,
    SIGNER,
    VERIFIER,
    append,
    bundle,
    checkpoint,
    destruction,
    load_verifier,
    opening,
    resign,
    verify,
)
from tests.support.ledger_chain import other_history

pytestmark = pytest.mark.django_db
KEY = base64.b64encode(SIGNER.public_key).decode()
SCOPE = {"fields": ["accounts.User.phone"], "subjects": [str(UUID(int=7))]}


def test_it_stands_alone(tmp_path: Path) -> None:
    append(3)
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle()))
    command = [sys.executable, "-I", VERIFIER, path, "--key", KEY]
    run = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("VERIFIED\n")


def test_it_reads_standard_input_where_the_file_is_a_dash() -> None:
    append(3)
    command = [sys.executable, "-I", VERIFIER, "-"]
    run = subprocess.run(command, input=json.dumps(bundle()), capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("VERIFIED\n")


def test_as_a_script_it_exits_with_its_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(VERIFIER), str(tmp_path / "missing.json")])
    try:
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(VERIFIER), run_name="__main__")
    finally:
        gc.enable()
    assert ended.value.code == 2


def test_the_report_says_what_was_opened_by_whom_why_and_what_never(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grant = UUID(int=9)
    case = {"purpose": "sms", "grant": grant, "more": {**SCOPE, "case": "T-1"}}
    append_leaves(
        [
            *[opening(LLAMAS, 1)] * 2,
            opening(LLAMAS, 2, **case),
            Entry(LLAMAS, LeafType.REFUSAL, "user:3", purpose="sms", more={**SCOPE, "code": "grant-expired"}),
            Entry(LLAMAS, LeafType.EVENT, "user:3", event=UUID(int=5), more={"action": "key:created", "payload": {}}),
            Entry(LLAMAS, LeafType.ROTATION, "system:unsealer", more={"what": "root"}),
        ],
        pen=PEN,
    )
    found = bundle(at=checkpoint(now=1_800_000_000))
    assert verify(tmp_path, found) == 0
    first, second = UUID(int=1), UUID(int=2)
    output = capsys.readouterr().out
    for line in [
        "VERIFIED",
        f"tenant      {LLAMAS}",
        "checkpoint  console.example.com/ledger, 6 entries of all tenants, 2027-01-15 08:00:00 UTC",
        f"signature   valid, by the key {KEY}",
        "entries     1 to 6, no gap",
        "inclusion   6 of 6 stand in the tree",
        "map         the chain ends here",
        "opened      3 times",
        f"  2 × accounts.User.email for own-account by user:{first}",
        f"  1 × accounts.User.phone for sms by user:{second} case T-1 grant {grant}",
        "refused     once",
        "  1 × accounts.User.phone for sms by user:3 because grant-expired",
        "others      1 event, 0 grant-started, 0 grant-closed, 0 destruction, 1 rotation",
        "erased      0 entries no longer have a body",
        "  never: accounts.User.phone for own-account",
    ]:
        assert f"{line}\n" in output
    assert "never: accounts.User.email" not in output


def test_never_is_not_said_of_entries_that_nobody_can_read_any_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(2)
    append_leaf(destruction(), pen=PEN)
    Erasure.objects.create(tenant=LLAMAS)
    LeafBody.objects.filter(tenant=LLAMAS, type="opening").delete()
    assert verify(tmp_path, bundle()) == 0
    output = capsys.readouterr().out
    assert "erased      1 entries no longer have a body\n" in output
    assert "  not in the entries that still have a body: anything for own-account\n" in output
    assert "opened      not in the entries that still have a body\n" in output


def test_a_tenant_without_entries_was_never_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(tmp_path, bundle()) == 0
    output = capsys.readouterr().out
    assert "entries     none\n" in output
    assert "map         the tenant has no chain\n" in output
    assert "opened      never\n" in output


def test_a_checkpoint_of_a_year_beyond_calendars_is_shown_in_seconds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = bundle()
    found["checkpoint"] = resign(found["checkpoint"], time=(1 << 63) - 1)
    assert verify(tmp_path, found) == 0
    assert f"{(1 << 63) - 1} seconds after 1970" in capsys.readouterr().out


def test_what_could_command_the_terminal_is_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append_leaf(Entry(LLAMAS, LeafType.OPENING, "\x1b[2Jnobody", purpose="sms", more=SCOPE), pen=PEN)
    assert verify(tmp_path, bundle()) == 0
    output = capsys.readouterr().out
    assert "\x1b" not in output
    assert "by ?[2Jnobody" in output


def test_another_key_than_the_one_written_down_is_refuted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(1)
    assert verify(tmp_path, bundle(), key=base64.b64encode(bytes(32)).decode()) == 1
    assert "another key than the one you wrote down" in capsys.readouterr().out
    mine, other = bundle(), other_history(bundle(), signer=Signer(SIGNER.name, Ed25519PrivateKey.generate(), PEN))
    assert verify(tmp_path, mine, other, key=KEY) == 1
    assert "another key than the one you wrote down" in capsys.readouterr().out


@pytest.mark.parametrize("key", ["AAAA", "?", "A" * 44])
def test_a_key_that_is_none_is_a_mistake_of_the_command(key: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        verify(tmp_path, "", key=key)
    assert ended.value.code == 2


def test_files_that_cannot_be_read_or_are_too_large_are_unreadable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verifier: Any = load_verifier()
    assert verifier.main([str(tmp_path)]) == 2
    assert verifier.main([str(tmp_path / "missing")]) == 2
    verifier.LARGEST_FILE = 10
    path = tmp_path / "large.json"
    path.write_text("[" + " " * 10)
    capsys.readouterr()
    assert verifier.main([str(path)]) == 2
    assert "larger than any export" in capsys.readouterr().out


def test_a_file_for_which_there_is_no_memory_is_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verifier: Any = load_verifier()
    verifier.LARGEST_FILE = 1 << 62
    (tmp_path / "bundle.json").write_text("{}")
    assert verifier.main([str(tmp_path / "bundle.json")]) == 2
    assert capsys.readouterr().out == "UNREADABLE: MemoryError.\n"


def test_a_file_as_large_as_an_export_can_be_is_read(tmp_path: Path) -> None:
    verifier: Any = load_verifier()
    append(2)
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle()))
    verifier.LARGEST_FILE = path.stat().st_size
    assert verifier.main([str(path)]) == 0
    verifier.LARGEST_FILE -= 1
    assert verifier.main([str(path)]) == 2


def test_no_changed_value_is_taken_and_none_ends_in_a_traceback(tmp_path: Path) -> None:
    append(5)
    bundle()
    append(4)
    exported = json.dumps(bundle())

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def change_anything(data: st.DataObject) -> None:
        found = json.loads(exported)
        place, key = data.draw(st.sampled_from(list(places(found))))
        value = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([]) | st.just({})
        before, place[key] = place[key], data.draw(value)
        allowed = same(before, place[key]) or says_less(found)
        assert verify(tmp_path, found) in ((0,) if allowed else (1, 2))

    change_anything()


def places(value: Any) -> Any:
    """Yield every container and key in JSON."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from places(inner)


def same(old: Any, new: Any) -> bool:
    return type(old) is type(new) and bool(old == new)


def says_less(found: dict[str, Any]) -> bool:
    """Tell whether it lists no earlier checkpoint, or other purposes: nothing signed says how many there are."""
    lists = found["purposes"].values() if isinstance(found["purposes"], dict) else [None]
    readable = all(type(fields) is list and all(is_word(each) for each in fields) for fields in lists)
    return same(found["earlier"], []) or (readable and found["purposes"] != PURPOSES)


def is_word(name: Any) -> bool:
    return type(name) is str and name.split() == [name]
