"""Every file in `invoice/` beside this one is a way to tamper with the export of an invoice, and becomes a test.

A case has a TITLE, CODE and REASON (what the verifier answers and a part of how it puts it), and `tamper(bundle)`,
which changes the bundle in place, or returns what is in the file instead. What is changed in place gets the hash that
the changed snapshot has, as whoever tampers would give it.
"""

import importlib
from pathlib import Path
from typing import Any

import pytest

from billing.credit import give_credit
from billing.models import BillingAccount, LotKind
from catalog.models import Model
from tests.billing.conftest import llama, postpaid  # noqa: F401  fixtures
from tests.support.invoices import NOON, Bundle, close_november, exported, use, verify

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).with_name("invoice")
CASES = [importlib.import_module(f"tests.tampering.invoice.{path.stem}") for path in sorted(FOLDER.glob("*.py"))]


@pytest.fixture
def bundle(postpaid: BillingAccount, llama: Model) -> Bundle:  # noqa: F811
    """Four usual calls of a model with a price, the last of them large, and one of a model without."""
    give_credit(postpaid, LotKind.PAID, 10**10, key="topup:1")
    use(postpaid, NOON, NOON, NOON)
    use(postpaid, NOON, completion_tokens=620_000)
    use(postpaid, NOON, model="zero")
    return Bundle(exported(close_november(postpaid)))


def test_untouched_it_verifies(bundle: Bundle, tmp_path: Path) -> None:
    assert verify(tmp_path, bundle.sealed()) == 0
    assert [line["cents"] for line in bundle.snapshot["lines"]] == [0, 0, 37, 0, 0, 0]
    assert bundle.snapshot["cents"] == {"total": 37, "credit": 1, "carried": 0, "due": 36}


@pytest.mark.parametrize("case", [pytest.param(case, id=case.TITLE) for case in CASES])
def test_what_is_tampered_with_is_found(
    case: Any, bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = case.tamper(bundle)
    assert verify(tmp_path, bundle.sealed() if changed is None else changed) == case.CODE
    said = capsys.readouterr()
    assert said.err == ""
    assert case.REASON in said.out
    assert said.out.startswith("REFUTED: " if case.CODE == 1 else "UNREADABLE: ")
