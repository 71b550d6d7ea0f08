"""Files of usage, costs and calls: complete, exact, of what the key sees, and no formulas in them."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.actions import change_role, create_project
from accounts.models import Organization, Project, Role, User
from keys.actions import issue_key
from keys.models import ApiKey
from ledger.actor import Actor
from tests.admin_api.conftest import Caller, program
from tests.usage.test_report_page import record
from usage import keyset, lines
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
FILES = ["usage/export/", "usage/events/export/", "costs/export/"]


@pytest.fixture
def key(project: Project) -> ApiKey:
    return issue_key(OPERATOR, project=project, name="=cmd|'/c calc'")[0]


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "CHUNK", 3)
    monkeypatch.setattr(lines, "_AT_ONCE", 2)


def table(caller: Caller, path: str, **query: Any) -> list[dict[str, str]]:
    answer = caller.ask(path, format="csv", **query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def objects(caller: Caller, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = caller.ask(path, format="ndjson", **query)
    assert answer["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.getvalue().splitlines()]


def test_every_call_is_a_line(olivia: Caller, project: Project, key: ApiKey) -> None:
    at = timezone.now() - timedelta(hours=3)
    record(project, key, 10, started_at=at)  # all of one moment: a page ends among them
    record(project, key, 4, started_at=at + timedelta(hours=1), status=500, first_token_ms=3)
    found = objects(olivia, "usage/events/export/")
    assert {each["id"] for each in found} == {str(pk) for pk in UsageEvent.objects.values_list("pk", flat=True)}
    assert (len(found), [each["started_at"] for each in found]) == (14, sorted(each["started_at"] for each in found))
    assert {each["status"] for each in objects(olivia, "usage/events/export/", status="5xx")} == {500}
    assert len(objects(olivia, "usage/events/export/", since=(at + timedelta(minutes=1)).isoformat())) == 4
    cells = table(olivia, "usage/events/export/")
    assert [each["id"] for each in cells] == [each["id"] for each in found]
    assert {each["first_token_ms"] for each in cells} == {"", "3"}


def test_amounts_have_all_their_digits(olivia: Caller, project: Project, key: ApiKey) -> None:
    record(project, key)
    UsageEvent.objects.update(amount=9_007_199_254_740_993)
    (line,) = objects(olivia, "usage/events/export/")
    assert (line["amount"], line["amount_usd"]) == ("9007199254740993", "9007.199254740993")


def test_files_of_rows_say_what_pages_say(olivia: Caller, project: Project, key: ApiKey) -> None:
    for days in range(7):
        record(project, key, days + 1, started_at=timezone.now() - timedelta(days=days))
    shown = olivia.ask("usage/", group="key").json()["data"]
    found = objects(olivia, "usage/export/", group="key")
    assert [each | {"start": each["start"].replace("+00:00", "Z")} for each in found] == shown
    cells = table(olivia, "usage/export/", group="key")
    assert [each["requests"] for each in cells] == ["7", "6", "5", "4", "3", "2", "1"]
    assert cells[0]["group_name"].startswith("'=cmd")
    cost = table(olivia, "costs/export/", group="key")
    assert [each["requests"] for each in cost] == [each["requests"] for each in cells]
    assert {each["amount_usd"] for each in cost} == {"0.00"}


@pytest.mark.parametrize("path", FILES)
def test_a_key_limited_to_projects_takes_those_alone(
    path: str, organization: Organization, member: User, project: Project, key: ApiKey, otto: Caller
) -> None:
    other = create_project(OPERATOR, organization=organization, name="Other")
    record(project, key)
    record(other, issue_key(OPERATOR, project=other, name="x")[0])
    membership = organization.memberships.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER, projects={other.pk: Role.VIEWER})
    limited = program(organization, member)
    group = {} if "events" in path else {"group": "project"}
    found = objects(limited, path, **group)
    assert {each.get("group_id") or each["project_id"] for each in found} == {str(other.pk)}
    assert limited.ask(path, project_id=str(project.pk)).status_code == 404
    assert objects(otto, path, **group) == []
    assert {otto.ask(path, project_id=str(pk)).status_code for pk in (other.pk, uuid4())} == {404}


@pytest.mark.parametrize("path", FILES)
def test_who_asks_for_the_kind_of_file_gets_in(path: str, olivia: Caller) -> None:
    for accept in ("text/csv", "application/x-ndjson", "*/*"):
        assert olivia.get(f"/api/v1/{path}", headers={"Accept": accept}).status_code == 200
    assert olivia.ask(path, format="xlsx").status_code == 400
