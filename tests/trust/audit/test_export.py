"""The audit log to take away."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from ledger import history
from tests.trust.audit.conftest import URL, Happen

pytestmark = pytest.mark.django_db


def body_of(client: Client, form: str, **query: str) -> str:
    answer: Any = client.get(f"{URL}export.{form}", query)
    assert answer.streaming
    assert answer["Content-Disposition"].startswith('attachment; filename="llamas-of-lisbon-audit-log-2')
    text: str = answer.getvalue().decode()
    return text


def test_all_forms_hold_the_same_whole_list(as_owner: Client, happen: Happen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_CHUNK", 7)
    for number in range(30):
        happen(target=f"number {number}", count=number, is_recorded=number == 29)
    lines = [json.loads(line) for line in body_of(as_owner, "ndjson").splitlines()]
    assert json.loads(body_of(as_owner, "json")) == lines
    cells = list(csv.DictReader(io.StringIO(body_of(as_owner, "csv"))))
    assert [cell["id"] for cell in cells] == [line["id"] for line in lines]
    assert [line["id"] for line in lines] == sorted((line["id"] for line in lines), reverse=True)
    assert len(lines) >= 33
    newest = lines[0]
    assert (newest["action"], newest["target"], newest["payload"]) == ("key.created", "number 29", {"count": 29})
    assert (cells[0]["standing"], int(cells[0]["entry"])) == ("recorded", newest["entry"]["sequence"])


def test_a_search_holds_for_the_file_too(as_owner: Client, happen: Happen) -> None:
    happen(target="one")
    lines = body_of(as_owner, "ndjson", q="actor:operator action:key.created").splitlines()
    assert [json.loads(line)["target"] for line in lines] == ["one"]
    assert body_of(as_owner, "json", q="until:2001-01-01") == "[\n]\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_csv_is_a_formula(as_owner: Client, happen: Happen, start: str) -> None:
    happen(target=f"{start}cmd|'/c calc'!A1")
    newest = list(csv.reader(io.StringIO(body_of(as_owner, "csv"))))[1]
    assert not [cell for cell in newest if cell.startswith(start)]


def test_there_is_no_other_form(as_owner: Client) -> None:
    assert as_owner.get(URL + "export.xlsx").status_code == 404
