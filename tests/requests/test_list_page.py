"""The list of calls: those that one may see, as the filters say, fifty a page, with few queries."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import change_role, create_project
from accounts.models import Organization, Project, Role, User
from keys.actions import issue_key
from keys.models import ApiKey
from ledger.actor import Actor
from ledger.ids import new_id
from tests.requests.conftest import ASKED, URL, Caller
from usage.calls import Outcome

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def shown(client: Client, **query: str) -> list[str]:
    return [row.id for row in client.get(URL, query).context["rows"]]


def test_it_shows_a_call_with_its_tokens_price_and_status(as_member: Client, call: Caller) -> None:
    pk = call(estimated=True)
    page = as_member.get(URL).content.decode()
    for text in (str(pk), "1,234", "567", "812 ms", "200 OK", "server", "≈"):
        assert text in page


def test_nothing_of_a_prompt_is_in_the_list(as_owner: Client, call: Caller) -> None:
    call(asked=ASKED)
    page = as_owner.get(URL).content.decode()
    assert "Louvre" not in page
    assert "Prompt and answer are kept, sealed" in page


def test_each_filter_leaves_what_it_says(as_owner: Client, project: Project, call: Caller) -> None:
    other = create_project(OPERATOR, organization=project.organization, name="Other")
    its_key = issue_key(OPERATOR, project=other, name="its key")[0]
    calls = {
        "plain": call(asked=ASKED),
        "other": call(of=its_key),
        "model": call(model="another"),
        "refused": call(status=429, outcome=Outcome.FAILED),
        "failed": call(status=502, outcome=Outcome.FAILED),
        "left": call(status=499, outcome=Outcome.DISCONNECTED),
        "counted": call(estimated=True),
        "old": call(age=timedelta(days=2)),
    }
    names = {str(pk): name for name, pk in calls.items()}

    def left(**query: str) -> set[str]:
        return {names[pk] for pk in shown(as_owner, **query)}

    assert left() == set(calls)
    assert left(project="other") == left(key=str(its_key.pk)) == {"other"}
    assert left(model="another") == {"model"}
    assert left(status="4xx") == {"refused", "left"}
    assert left(status="5xx") == {"failed"}
    assert left(status="2xx") == {"plain", "other", "model", "counted", "old"}
    assert left(outcome="failed") == {"refused", "failed"}
    assert left(outcome="disconnected") == {"left"}
    assert left(only="estimated") == {"counted"}
    assert left(only="kept") == {"plain"}
    assert left(only="kept", model="another") == set()
    assert left(range="24h") == set(calls) - {"old"}
    assert left(range="none", status="9xx", outcome="?", only="?") == set(calls)
    assert left(status="5xx", model="llama", project="default") == {"failed"}


def test_pages_follow_each_other_without_gap_or_repetition(as_owner: Client, call: Caller) -> None:
    moment = timedelta(hours=1)
    made = [str(call(age=moment if n < 60 else timedelta(minutes=n))) for n in range(120)]
    seen: list[str] = []
    url = URL
    for _ in range(3):
        page = as_owner.get(url).context
        seen += [row.id for row in page["rows"]]
        url = page["older_url"]
    assert url == ""
    assert len(seen) == 120
    assert set(seen) == set(made)


@pytest.mark.parametrize("query", [{"model": "rare"}, {"only": "kept"}, {"status": "4xx"}, {"project": "default"}])
def test_pages_of_a_filter_follow_each_other_too(as_owner: Client, call: Caller, query: dict[str, str]) -> None:
    rare: dict[str, Any] = {"model": "rare", "status": 429, "outcome": Outcome.FAILED, "asked": ASKED}
    made = [str(call(age=timedelta(hours=3 * n), **rare)) for n in range(52)]
    page = as_owner.get(URL, query).context
    assert [row.id for row in page["rows"]] == made[:50]
    rest = as_owner.get(page["older_url"]).context
    assert [row.id for row in rest["rows"]] == made[50:]
    assert rest["older_url"] == ""


def test_a_call_is_found_by_its_id_and_what_is_none_is_said(as_owner: Client, call: Caller) -> None:
    pk = call()
    assert as_owner.get(URL, {"id": f" {pk} "})["Location"] == f"{URL}{pk}/"
    answer = as_owner.get(URL, {"id": "chatcmpl-5"})
    assert answer.status_code == 422
    assert "This is no id of a call" in answer.content.decode()


def test_an_empty_log_says_how_to_call_and_a_filter_without_a_result_how_to_go_on(
    as_owner: Client, call: Caller
) -> None:
    assert "No calls yet" in as_owner.get(URL).content.decode()
    call(age=timedelta(days=60))
    page = as_owner.get(URL).content.decode()
    assert "No call matches" in page
    assert "No calls yet" not in page
    assert "No call matches" in as_owner.get(URL, {"model": "none", "range": "12m"}).content.decode()


def test_an_outsider_finds_nothing(as_outsider: Client, call: Caller) -> None:
    pk = call(asked=ASKED)
    for path in ("", "export.csv", f"{pk}/", f"{pk}/opening/"):
        assert as_outsider.get(URL + path).status_code == 404
    assert str(pk) not in as_outsider.get("/o/outsiders/requests/").content.decode()


def test_foreign_projects_keys_and_places_are_not_found(
    as_outsider: Client, project: Project, key: ApiKey, call: Caller
) -> None:
    mine = "/o/outsiders/requests/"
    create_project(OPERATOR, organization=project.organization, name="Secret")
    for query in ({"project": "secret"}, {"key": str(key.pk)}, {"key": str(new_id())}, {"key": "x"}, {"before": "x"}):
        assert as_outsider.get(mine, query).status_code == 404, query


def test_who_is_limited_to_a_project_sees_its_calls_alone(
    as_member: Client, organization: Organization, member: User, project: Project, call: Caller
) -> None:
    other = create_project(OPERATOR, organization=organization, name="Other", retention_days=7)
    its_key = issue_key(OPERATOR, project=other, name="its key")[0]
    hidden, seen = call(asked=ASKED), call(of=its_key, asked=ASKED)
    membership = organization.memberships.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER, projects={other.pk: Role.VIEWER})
    assert shown(as_member) == shown(as_member, only="kept") == [str(seen)]
    assert as_member.get(URL, {"project": "default"}).status_code == 404
    assert as_member.get(f"{URL}{hidden}/").status_code == 404
    assert str(hidden) not in text_of(as_member, "ndjson")


def test_queries_do_not_grow_with_calls(as_owner: Client, call: Caller, django_assert_max_num_queries: object) -> None:
    first = call(asked=ASKED)
    for n in range(55):
        call(age=timedelta(hours=n), model=f"model-{n % 3}", asked=ASKED)
    for query in ({}, {"model": "model-1"}, {"only": "kept"}, {"status": "2xx", "project": "default"}):
        with django_assert_max_num_queries(10):  # type: ignore[operator]
            as_owner.get(URL, query)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        as_owner.get(f"{URL}{first}/")


def test_content_and_account_data_never_meet_in_a_query(as_owner: Client, call: Caller) -> None:
    pk = call(asked=ASKED)
    with CaptureQueriesContext(connections["content"]) as content, CaptureQueriesContext(connections["default"]) as own:
        for query in ({}, {"only": "kept"}, {"model": "llama"}):
            as_owner.get(URL, query)
        as_owner.post(f"{URL}{pk}/opening/", {"reason": "debugging"})
    tables = connections["default"].introspection.table_names()
    foreign = [table for table in tables if not table.startswith("content_") and table != "django_migrations"]
    assert len(content) > 3
    assert not [each["sql"] for each in content if any(f'"{table}"' in each["sql"] for table in foreign)]
    assert not [each["sql"] for each in own if '"content_' in each["sql"]]


def text_of(client: Client, form: str, **query: str) -> str:
    return b"".join(client.get(f"{URL}export.{form}", query).streaming_content).decode()


def test_the_metadata_is_taken_away_as_csv_and_as_lines_of_json(
    as_owner: Client, project: Project, call: Caller
) -> None:
    named = issue_key(OPERATOR, project=project, name="=cmd|'/c calc'")[0]
    pk, other = call(asked=ASKED, of=named), call(model="another")
    header, *lines = text_of(as_owner, "csv", model="llama").splitlines()
    assert header.startswith("started_at,id,project_id,project,key_id,key,model,status")
    assert len(lines) == 1
    assert str(pk) in lines[0]
    assert "'=cmd|" in lines[0]
    told = [json.loads(line) for line in text_of(as_owner, "ndjson").splitlines()]
    assert [each["id"] for each in told] == [str(other), str(pk)]
    assert told[1]["amount_usd"].startswith("0.")
    assert "Louvre" not in text_of(as_owner, "ndjson")
    assert as_owner.get(f"{URL}export.xml").status_code == 404


def test_a_place_far_off_breaks_nothing(as_owner: Client, call: Caller) -> None:
    call()
    assert as_owner.get(URL, {"before": "9" * 17 + "-" + "f" * 32}).status_code == 200
    assert as_owner.get(URL, {"before": "0-" + "0" * 32}).context["rows"] == []
