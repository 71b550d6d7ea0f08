"""The ledger: each movement with its postings, by page and as a file."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from billing.actions.promotions import give_promotion
from billing.models import BillingAccount, Mode
from catalog.money import PICO
from ledger.actor import Actor
from ledger.ids import new_id
from tests.billing.pages.conftest import ROOT, credit

pytestmark = pytest.mark.django_db
LEDGER = f"{ROOT}ledger/"


def file_of(client: Client, form: str, query: str = "") -> str:
    answer = client.get(f"{LEDGER}export.{form}{query}")
    assert answer["Content-Disposition"].startswith('attachment; filename="llamas-of-lisbon-ledger-')
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_a_movement_shows_its_debits_and_credits_exactly(account: BillingAccount, as_owner: Client) -> None:
    credit(account, PICO + 1)
    (entry,) = as_owner.get(LEDGER).context["entries"]
    assert (entry["number"], entry["kind"]) == (1, "Credit bought")
    assert entry["postings"] == [
        {"account": "Payment provider", "debit": "1.000000000001", "credit": ""},
        {"account": "Credit, paid", "debit": "", "credit": "1.000000000001"},
    ]


def test_movements_of_one_kind_are_shown_alone(account: BillingAccount, as_owner: Client) -> None:
    credit(account)
    give_promotion(Actor.operator(), account.pk, amount=PICO, title="Gift")
    shown = as_owner.get(LEDGER, {"kind": "promotion"}).context["entries"]
    assert [entry["number"] for entry in shown] == [2]
    assert len(as_owner.get(LEDGER, {"kind": "nonsense"}).context["entries"]) == 2
    assert "No movement of this kind" in as_owner.get(LEDGER, {"kind": "refund"}).content.decode()


def test_pages_follow_each_other_without_a_gap(account: BillingAccount, as_owner: Client) -> None:
    for _ in range(53):
        credit(account, PICO)
    first = as_owner.get(LEDGER, {"kind": "top-up"})
    credit(account, PICO)
    second = as_owner.get(LEDGER, {"kind": "top-up", "before": first.context["before"]})
    numbers = [entry["number"] for page in (first, second) for entry in page.context["entries"]]
    assert numbers == list(range(53, 0, -1))
    assert "?kind=top-up&amp;before=4" in first.content.decode()
    assert second.context["before"] is None


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "９", "9" * 20])
def test_a_cursor_that_is_none_is_not_found(account: BillingAccount, as_owner: Client, cursor: str) -> None:
    assert as_owner.get(LEDGER, {"before": cursor}).status_code == 404


def test_the_csv_has_a_line_for_each_posting_with_whole_and_exact_amounts(
    account: BillingAccount, as_owner: Client
) -> None:
    credit(account, PICO + 1, reference="=1+1")
    rows = list(csv.DictReader(io.StringIO(file_of(as_owner, "csv"))))
    assert [(row["account"], row["amount_pico_usd"]) for row in rows] == [
        ("clearing", "1000000000001"),
        ("credit-paid", "-1000000000001"),
    ]
    assert [row["amount_usd"] for row in rows] == ["1.000000000001", "-1.000000000001"]
    assert sum(int(row["amount_pico_usd"]) for row in rows) == 0
    assert rows[0]["reference"] == "'=1+1"  # no spreadsheet calculates it


def test_the_json_has_all_movements_oldest_first_and_amounts_as_text(account: BillingAccount, as_owner: Client) -> None:
    assert json.loads(file_of(as_owner, "json")) == []
    for amount in (PICO, 9_007_199_254_740_993):
        credit(account, amount)
    entries = json.loads(file_of(as_owner, "json"))
    assert [entry["number"] for entry in entries] == [1, 2]
    assert entries[1]["postings"][0] == {"account": "clearing", "amount": "9007199254740993"}
    assert json.loads(file_of(as_owner, "json", "?kind=usage")) == []


def test_files_of_other_forms_are_not_found(account: BillingAccount, as_owner: Client) -> None:
    assert as_owner.get(f"{LEDGER}export.xlsx").status_code == 404


def test_movements_of_another_organization_are_in_no_page_and_no_file(
    account: BillingAccount, as_owner: Client
) -> None:
    other = BillingAccount.objects.create(pk=new_id(), mode=Mode.PREPAID)
    credit(other)
    assert as_owner.get(LEDGER).context["entries"] == []
    assert file_of(as_owner, "csv").count("\n") == 1


def test_queries_do_not_grow_with_the_movements(
    account: BillingAccount, as_owner: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(60):
        credit(account, PICO)
    with django_assert_max_num_queries(8):
        as_owner.get(LEDGER)
