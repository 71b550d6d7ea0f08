"""Every file in `vault/` beside this one is a way to get at sealed data, and becomes a test: refused and recorded.

A case has a TITLE, EXPECTED (the code of the refusal; several where what is tried has several forms) and
`tamper(stage)`, which changes something and returns what then tries to open, or a list of such. RECORDED is False where
nothing gets as far as trying to open; by default each attempt has its refusal in the ledger, with the same code.
"""

import importlib
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from ledger.models import LeafBody, LeafType
from tests.tampering.stage import SECRETS, Stage
from tests.vault.granting import Approvers
from vault.errors import VaultError
from vault.roots import create_file, roots
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).with_name("vault")
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


def load(name: str) -> Any:
    return importlib.import_module(f"tests.tampering.vault.{name}")


@pytest.fixture
def stage(settings: Any, tmp_path: Path) -> Any:
    settings.ROOT_KEYS_FILE, settings.APPROVERS_FILE = tmp_path / "roots.json", tmp_path / "approvers.json"
    create_file(settings.ROOT_KEYS_FILE)
    forget()
    approvers = Approvers(settings.APPROVERS_FILE)
    approvers.admit("staff:ana", "staff:bo")
    yield Stage(approvers, settings.ROOT_KEYS_FILE)
    forget()


def forget() -> None:
    roots.cache_clear()
    unsealer.cache_clear()


def test_untouched_everything_opens(stage: Stage) -> None:
    assert (stage.open_own(), stage.open_granted(), stage.open_role()) == ("zoe@example.com",) * 2 + ("owner",)


@pytest.mark.parametrize("case", [pytest.param(load(name), id=load(name).TITLE) for name in NAMES])
def test_it_is_refused_and_recorded(case: Any, stage: Stage) -> None:
    expected = case.EXPECTED if isinstance(case.EXPECTED, tuple) else (case.EXPECTED,)
    attempts = case.tamper(stage)
    attempts = attempts if isinstance(attempts, list) else [attempts]
    met = {_refused(attempt, getattr(case, "RECORDED", True)) for attempt in attempts}
    assert met == set(expected)


def _refused(attempt: Callable[[], object], recorded: bool) -> str:
    """Return the code with which an attempt is refused."""
    before = LeafBody.objects.filter(type=LeafType.REFUSAL).count()
    with pytest.raises((VaultError, DatabaseError)) as failure:
        attempt()
    code = failure.value.code if isinstance(failure.value, VaultError) else "database"
    refusals = LeafBody.objects.filter(type=LeafType.REFUSAL).order_by("position")[before:]
    assert [f'"code":"{code}"' in leaf.text for leaf in refusals] == [True] * recorded
    _shows_nothing(failure.value)
    return code


def _shows_nothing(error: BaseException) -> None:
    chain: BaseException | None = error
    while chain:
        said = f"{chain!s} {chain!r}".lower()
        assert not any(secret in said for secret in SECRETS), traceback.format_exception_only(chain)
        chain = chain.__cause__ or chain.__context__
