"""What the verifier says: why it refuses an export, and which continuations of a log it takes."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ledger.append import append_leaves
from ledger.bundle import proof_bundle
from tests.ledger import naive
from tests.support.ledger import (
    LLAMAS,
    OUTSIDERS,
    PEN,
    SIGNER,
    append,
    bundle,
    checkpoint,
    load_verifier,
    opening,
    verify,
)

pytestmark = pytest.mark.django_db

PLACES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "bundle": lambda found: found,
    "entry": lambda found: found["leaves"][0],
    "map's proof": lambda found: found["map"],
    "earlier checkpoint": lambda found: found["earlier"][0],
}


@pytest.mark.parametrize("what", PLACES)
def test_what_has_other_members_is_named(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(3)
    bundle()
    found = bundle()
    PLACES[what](found)["more"] = 1
    assert verify(tmp_path, found) == 2
    assert f"UNREADABLE: the {what} does not have the members " in capsys.readouterr().out


def test_the_other_tenant_of_a_proof_of_absence_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(1, OUTSIDERS)
    found = bundle(LLAMAS)
    found["map"]["other"]["more"] = 1
    assert verify(tmp_path, found) == 2
    assert "UNREADABLE: the map's other tenant does not have the members key, value." in capsys.readouterr().out


def test_every_honest_continuation_is_taken_and_none_with_another_proof() -> None:
    verifier = load_verifier()
    leaves = [naive.leaf(bytes([number])) for number in range(20)]

    def checkpoint(size: int) -> Any:
        return verifier.Checkpoint("a/ledger", size, naive.mth(leaves[:size]), bytes(32), 0)

    for new in range(2, len(leaves) + 1):
        for old in range(1, new):
            proof = naive.subproof(old, leaves[:new])
            verifier.verify_consistency(checkpoint(old), checkpoint(new), proof)
            for wrong in ([*proof, bytes(32)], proof[:-1], [bytes(32), *proof[1:]]):
                with pytest.raises(verifier.Refuted):
                    verifier.verify_consistency(checkpoint(old), checkpoint(new), wrong)


@pytest.mark.parametrize("changes", [{"size": 3}, {"time": 1}, {"name": "b/ledger"}])
def test_an_earlier_checkpoint_is_no_longer_no_later_and_of_the_same_log(changes: dict[str, Any]) -> None:
    verifier = load_verifier()
    leaves = [naive.leaf(bytes([number])) for number in range(2)]
    own: dict[str, Any] = {"name": "a/ledger", "map": bytes(32), "time": 0}
    old = {**own, "size": 1, "root": naive.mth(leaves[:1])}
    new = verifier.Checkpoint(**own, size=2, root=naive.mth(leaves))
    verifier.verify_consistency(verifier.Checkpoint(**old), new, naive.subproof(1, leaves))
    with pytest.raises(verifier.Refuted, match="not earlier"):
        verifier.verify_consistency(verifier.Checkpoint(**{**old, **changes}), new, naive.subproof(1, leaves))


def test_a_tenant_deep_in_the_map_is_proven_too(tmp_path: Path) -> None:
    """The map is as deep as the hashes of tenants begin alike: with a few of them it is flat."""
    place = int.from_bytes(hashlib.sha256(LLAMAS.bytes).digest(), "big")
    found = {}
    for number in range(1, 1 << 16):
        tenant = UUID(int=number)
        alike = 256 - (place ^ int.from_bytes(hashlib.sha256(tenant.bytes).digest(), "big")).bit_length()
        if tenant != LLAMAS:
            found.setdefault(alike, tenant)
    assert max(found) > 12
    append(2 * len(found), LLAMAS, *found.values())
    deep = bundle()
    assert len(deep["map"]["siblings"]) > 12
    assert verify(tmp_path, deep) == 0
    assert verify(tmp_path, bundle(found[max(found)])) == 0


def test_of_two_exports_without_an_entry_between_them_the_times_say_which_is_the_earlier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(2)
    earlier, later = (bundle(at=checkpoint(now=now)) for now in (1_800_000_000, 1_800_000_060))
    assert verify(tmp_path, later, earlier) == 0
    assert verify(tmp_path, earlier, later) == 1
    assert "in the wrong order" in capsys.readouterr().out


def test_openings_are_listed_with_the_members_that_each_of_them_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = {"fields": ["accounts.User.email"], "subjects": []}
    cases: list[dict[str, Any]] = [{}, {"case": "T-1"}, {"case": "T-1"}, {"case": None}]
    append_leaves([opening(more={**more, **case}) for case in cases], pen=PEN)
    assert verify(tmp_path, bundle()) == 0
    output = capsys.readouterr().out
    alike = f"2 × accounts.User.email for own-account by user:{UUID(int=1)}"
    assert f"  {alike}\n" in output
    assert f"  {alike} case T-1\n" in output


def test_that_nothing_was_refused_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(1)
    assert verify(tmp_path, bundle()) == 0
    assert "refused     never\n" in capsys.readouterr().out


def test_a_terminal_without_the_signs_of_the_report_gets_it_with_question_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(1)
    found, terminal = bundle(), io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", terminal)
        assert verify(tmp_path, found) == 0
    terminal.seek(0)
    assert "  1 ? accounts.User.email for own-account" in terminal.read()


def test_where_nothing_says_how_it_is_written_the_report_is_in_utf_8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(1)
    found, buffer = bundle(), io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", buffer)
        assert verify(tmp_path, found) == 0
    assert "  1 × accounts.User.email for own-account" in buffer.getvalue()


def test_what_was_never_opened_is_listed_field_by_field(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(1)
    fields = [f"accounts.User.{name}" for name in ("email", "name", "phone")]
    assert verify(tmp_path, proof_bundle(LLAMAS, SIGNER.public_key, checkpoint(), {"own-account": fields})) == 0
    output = capsys.readouterr().out
    assert "  never: accounts.User.name, accounts.User.phone for own-account\n" in output


def test_help_says_how_it_is_called_and_what_the_exit_codes_mean(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        load_verifier().main(["--help"])
    output = capsys.readouterr().out
    assert "\n    python verify_ledger.py BUNDLE [EARLIER] [--key BASE64]\n" in output
    assert "Exit code 0: verified; 1: refuted" in output
