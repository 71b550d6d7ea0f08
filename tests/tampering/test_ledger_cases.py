"""Every file in `ledger/` beside this one is a way to tamper with the ledger, and becomes a test.

A case has a TITLE, CODE and REASON (what the verifier answers and a part of how it puts it), and one of

- `tamper(bundle)`: changes the Llamas' bundle in place, or returns what is in the file instead (a text);
- `tamper_pair(bundle, earlier)`: changes one or both of two bundles of the Llamas, or returns other two;
- `tamper_sql(cursor)`: changes the database as its owner could. GUARDED is an SQL statement of the kind that the
  database must refuse otherwise (None if it can't tell), AUDIT a part of what the audit finds. CODE is None where
  no bundle can be made any more.
"""

import importlib
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from ledger.append import append_leaf
from ledger.audit import audit
from ledger.checkpoints import latest_checkpoint
from ledger.errors import LedgerError
from tests.support.flush import without_guards
from tests.support.ledger import LLAMAS, OUTSIDERS, PEN, SIGNER, append, bundle, checkpoint, opening, verify

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).with_name("ledger")
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


def load(name: str) -> Any:
    return importlib.import_module(f"tests.tampering.ledger.{name}")


def cases(function: str) -> Any:
    found = [name for name in NAMES if hasattr(load(name), function)]
    return pytest.mark.parametrize("case", [pytest.param(load(name), id=load(name).TITLE) for name in found])


def history() -> tuple[dict[str, Any], dict[str, Any]]:
    """An earlier and a later bundle of the Llamas, who have the leaves at positions 0, 2, 4, 6, 8 and 10."""
    append(7)
    earlier = bundle(at=checkpoint(now=1_800_000_000))
    append(4, OUTSIDERS, LLAMAS)
    append_leaf(opening(OUTSIDERS), pen=PEN)
    return earlier, bundle(at=checkpoint(now=1_800_000_060))


def test_every_file_is_a_case_of_one_kind() -> None:
    for name in NAMES:
        kinds = [hasattr(load(name), kind) for kind in ("tamper", "tamper_pair", "tamper_sql")]
        assert sum(kinds) == 1, name


def test_untouched_everything_verifies(tmp_path: Path) -> None:
    earlier, later = history()
    assert verify(tmp_path, later, earlier) == 0
    assert audit(SIGNER.public_key).faults == []


@cases("tamper")
def test_in_a_bundle(case: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = history()
    changed = case.tamper(found)
    assert verify(tmp_path, found if changed is None else changed) == case.CODE
    assert case.REASON in capsys.readouterr().out


@cases("tamper_pair")
def test_between_two_bundles(case: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    earlier, later = history()
    later, earlier = case.tamper_pair(later, earlier) or (later, earlier)
    assert verify(tmp_path, later, earlier) == case.CODE
    assert case.REASON in capsys.readouterr().out


@cases("tamper_sql")
def test_in_the_database(case: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history()
    connection = connections["vault"]
    if case.GUARDED:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using="vault"):
            connection.cursor().execute(case.GUARDED)
    with without_guards(connection), connection.cursor() as cursor:
        case.tamper_sql(cursor)
    assert any(case.AUDIT in fault for fault in audit(SIGNER.public_key).faults)
    if case.CODE is None:
        with pytest.raises(LedgerError, match="tampered"):
            exported()
        return
    assert verify(tmp_path, exported()) == case.CODE
    assert case.REASON in capsys.readouterr().out


def exported() -> dict[str, Any]:
    return bundle(at=latest_checkpoint())
