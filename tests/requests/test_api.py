"""Programs read the request log, and open a body with a scope of its own and a reason, which is recorded."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.actions import change_role, create_project
from accounts.models import Organization, Project, Role, User
from accounts.policy import Permission
from keys.actions import issue_key
from ledger.actor import Actor
from ledger.models import LeafBody
from tests.admin_api.conftest import Caller, program
from tests.requests.conftest import ASKED
from tests.requests.conftest import Caller as Recorder
from usage.calls import Outcome

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def ids(answer: Any) -> list[str]:
    return [each["id"] for each in answer.json()["data"]]


def openings() -> list[dict[str, Any]]:
    return [json.loads(body.text) for body in LeafBody.objects.filter(purpose="own-content")]


def test_calls_are_listed_a_page_at_a_time_with_filters(olivia: Caller, call: Recorder) -> None:
    made = [str(call(age=timedelta(minutes=n))) for n in range(5)]
    failed = str(call(age=timedelta(hours=1), status=502, outcome=Outcome.FAILED, estimated=True))
    first = olivia.ask("requests/", limit=4)
    rest = olivia.ask("requests/", limit=4, cursor=first.json()["next_cursor"])
    assert ids(first) + ids(rest) == [*made, failed]
    assert rest.json()["next_cursor"] is None
    for query in ({"status": "5xx"}, {"outcome": "failed"}, {"estimated": "true"}):
        assert ids(olivia.ask("requests/", **query)) == [failed]
    shown = first.json()["data"][0]
    assert (shown["prompt_tokens"], shown["is_kept"], shown["amount"]) == (1234, False, "0")
    assert olivia.ask("requests/", cursor="x").status_code == 400
    assert olivia.ask("requests/", status="200").status_code == 400


def test_one_call_says_what_became_of_its_body(olivia: Caller, call: Recorder) -> None:
    kept, bare = call(asked=ASKED), call(age=timedelta(days=8))
    assert olivia.ask(f"requests/{kept}/").json()["body"] == "sealed"
    assert olivia.ask(f"requests/{bare}/").json()["body"] == "purged"
    assert ids(olivia.ask("requests/", kept="true")) == [str(kept)]
    assert "Louvre" not in olivia.ask(f"requests/{kept}/").content.decode()


def test_opening_needs_a_scope_of_its_own(organization: Organization, owner: User, call: Recorder) -> None:
    pk = call(asked=ASKED)
    without = program(organization, owner, [Permission.VIEW_USAGE])
    assert without.make(f"requests/{pk}/opening/", {"reason": "debugging"}).status_code == 403
    assert openings() == []


def test_an_opening_is_recorded_with_its_key_and_reason(
    organization: Organization, owner: User, call: Recorder
) -> None:
    pk = call(asked=ASKED)
    key = program(organization, owner, [Permission.OPEN_CONTENT])
    answer = key.make(f"requests/{pk}/opening/", {"reason": "quality"}).json()
    assert json.loads(answer["request"]) == ASKED
    assert json.loads(answer["response"])["content"] == "In Paris."
    (leaf,) = openings()
    assert (leaf["reason"], leaf["actor"][:4], leaf["subjects"]) == ("quality", "key:", [str(pk)])


def test_without_a_reason_and_without_a_body_nothing_opens(olivia: Caller, call: Recorder) -> None:
    kept, bare = call(asked=ASKED), call(age=timedelta(days=8))
    for body in ({}, {"reason": ""}, {"reason": "curious"}):
        assert olivia.make(f"requests/{kept}/opening/", body).status_code == 400
    assert olivia.make(f"requests/{bare}/opening/", {"reason": "other"}).status_code == 409
    assert openings() == []


def test_repeating_an_opening_is_another_one_and_is_recorded(olivia: Caller, call: Recorder) -> None:
    path, token = f"requests/{call(asked=ASKED)}/opening/", str(uuid4())
    for _ in range(2):
        assert olivia.make(path, {"reason": "other"}, **{"Idempotency-Key": token}).status_code == 200
    assert len(openings()) == 2


def test_foreign_and_hidden_calls_are_like_missing_ones(
    otto: Caller, organization: Organization, member: User, project: Project, call: Recorder
) -> None:
    other = create_project(OPERATOR, organization=organization, name="Other", retention_days=7)
    its_key = issue_key(OPERATOR, project=other, name="its key")[0]
    hidden, seen = call(asked=ASKED), call(asked=ASKED, of=its_key)
    membership = organization.memberships.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER, projects={other.pk: Role.VIEWER})
    mira = program(organization, member)
    assert ids(mira.ask("requests/")) == ids(mira.ask("requests/", kept="true")) == [str(seen)]
    for program_, pk in ((otto, hidden), (mira, hidden), (otto, uuid4())):
        assert program_.ask(f"requests/{pk}/").status_code == 404
        assert program_.make(f"requests/{pk}/opening/", {"reason": "other"}).status_code == 404 or program_ is mira
    # Where she only looks on, she opens nothing.
    assert mira.make(f"requests/{seen}/opening/", {"reason": "other"}).status_code == 403
    assert mira.ask("requests/", project_id=str(project.pk)).status_code == 404
    assert openings() == []


def test_the_metadata_is_streamed_a_call_a_line(olivia: Caller, call: Recorder) -> None:
    made = [str(call(age=timedelta(minutes=n), asked=ASKED)) for n in range(3)]
    answer = olivia.ask("requests/export/")
    assert answer["Content-Type"] == "application/x-ndjson"
    text = b"".join(answer.streaming_content).decode()
    assert [json.loads(line)["id"] for line in text.splitlines()] == made
    assert "Louvre" not in text
    assert olivia.get("/api/v1/requests/export/", headers={"Accept": "application/x-ndjson"}).status_code == 200
    failed = olivia.get("/api/v1/requests/export/?x=1", headers={"Accept": "application/x-ndjson"})
    assert failed.status_code == 400
    assert failed["Content-Type"] == "application/problem+json"
