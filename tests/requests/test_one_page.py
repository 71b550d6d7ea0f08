"""One call: its metadata for whoever sees usage; its body for who may open it, with a reason, after a ledger leaf."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.actions import change_project, change_role
from accounts.actions.erasure import erase_organization
from accounts.models import Organization, Project, Role, User
from content.models import StoredExchange
from keys.models import ApiKey
from keys.playground import playground_secret
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import LeafBody, LeafType
from tests.requests.conftest import ASKED, URL, Caller
from trust.requests.retention import purge_shortened
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}{% now %}"


def opening(client: Client, pk: Any, reason: str = "debugging") -> Any:
    return client.post(f"{URL}{pk}/opening/", {"reason": reason})


def openings() -> list[dict[str, Any]]:
    found = LeafBody.objects.filter(purpose="own-content", type=LeafType.OPENING.value).order_by("position")
    return [json.loads(body.text) for body in found]


def test_the_metadata_is_there_and_the_body_stays_sealed(as_owner: Client, call: Caller) -> None:
    pk = call(asked=ASKED, cached_tokens=34)
    page = as_owner.get(f"{URL}{pk}/").content.decode()
    for text in (str(pk), "1,234", "34 of them cached", "567", "812 ms", "first token after 95 ms", "server", "200 OK"):
        assert text in page
    assert "Louvre" not in page
    assert openings() == []


def test_a_call_of_the_playground_says_so_and_not_that_its_key_is_deleted(
    as_owner: Client, owner: User, project: Project, call: Caller
) -> None:
    playground_secret(Actor.user(owner.pk), project=project, user=owner)
    key = ApiKey.objects.get(is_playground=True)
    made = call(of=key)
    for page in (f"{URL}{made}/", URL):
        text = as_owner.get(page).content.decode()
        assert "Playground</" in text
        assert "Deleted key" not in text
        assert key.hint not in text


def test_opening_it_records_who_what_and_why_and_shows_it_once(as_owner: Client, owner: User, call: Caller) -> None:
    pk = call(asked=ASKED)
    answer = opening(as_owner, pk, "security")
    page = answer.content.decode()
    assert answer.status_code == 200
    for text in ("Where is the Louvre?", "In Paris.", "Be brief.", "temperature", "0.5", "--data-raw"):
        assert text in page
    assert "no-store" in answer["Cache-Control"]
    (leaf,) = openings()
    assert (leaf["reason"], leaf["subjects"], leaf["actor"]) == ("security", [str(pk)], f"user:{owner.pk}")
    assert leaf["fields"] == ["content.StoredExchange.request", "content.StoredExchange.response"]
    assert "Louvre" not in as_owner.get(f"{URL}{pk}/").content.decode()


def test_the_opening_stands_on_the_page_of_who_opened_what(as_owner: Client, call: Caller) -> None:
    opening(as_owner, call(asked=ASKED))
    page = as_owner.get(
        "/o/llamas-of-lisbon/data-access/", {"by": "members", "purpose": "own-content"}
    ).content.decode()
    for text in ("Own content", "Prompt", "1 exchange", "debugging"):
        assert text in page


@pytest.mark.parametrize("reason", ["", "because", "debugging\n"])
def test_without_a_reason_of_the_list_nothing_opens(as_owner: Client, call: Caller, reason: str) -> None:
    answer = opening(as_owner, call(asked=ASKED), reason)
    assert answer.status_code == 422
    assert "Choose why you open it" in answer.content.decode()
    assert openings() == []


@pytest.mark.parametrize(
    ("role", "status"), [(Role.VIEWER, 403), (Role.BILLING, 403), (Role.DEVELOPER, 200), (Role.ADMIN, 200)]
)
def test_developers_and_admins_open_and_others_see_the_metadata_alone(
    as_member: Client, organization: Organization, member: User, call: Caller, role: Role, status: int
) -> None:
    change_role(OPERATOR, membership=organization.memberships.get(user=member), role=role)
    pk = call(asked=ASKED)
    page = as_member.get(f"{URL}{pk}/").content.decode()
    assert ("Open, which is recorded" in page) is (status == 200)
    assert opening(as_member, pk).status_code == status
    assert len(openings()) == (status == 200)


def test_a_developer_who_only_looks_on_in_a_project_opens_nothing_of_it(
    as_member: Client, organization: Organization, member: User, project: Project, call: Caller
) -> None:
    limits = {project.pk: Role.VIEWER}
    change_role(OPERATOR, membership=organization.memberships.get(user=member), role=Role.DEVELOPER, projects=limits)
    pk = call(asked=ASKED)
    assert as_member.get(f"{URL}{pk}/").status_code == 200
    assert opening(as_member, pk).status_code == 403
    assert openings() == []


def test_who_has_not_shown_who_they_are_for_a_while_is_asked_first(
    owner: User, organization: Organization, call: Caller
) -> None:
    client = Client()
    client.force_login(owner)
    pk = call(asked=ASKED)
    answer = opening(client, pk)
    assert answer["Location"].startswith("/confirm/?next=") or "confirm" in answer["Location"]
    assert openings() == []


def test_coming_back_from_that_leads_to_the_call(as_owner: Client, call: Caller) -> None:
    pk = call(asked=ASKED)
    assert as_owner.get(f"{URL}{pk}/opening/")["Location"] == f"{URL}{pk}/"
    assert openings() == []


def test_what_is_missing_and_what_is_foreign_are_alike(as_outsider: Client, call: Caller) -> None:
    pk = call(asked=ASKED)
    for each in (pk, new_id()):
        assert as_outsider.get(f"/o/outsiders/requests/{each}/").status_code == 404
        assert as_outsider.post(f"/o/outsiders/requests/{each}/opening/", {"reason": "other"}).status_code == 404
    assert openings() == []


def test_markup_in_a_body_is_text(as_owner: Client, call: Caller) -> None:
    asked = {
        "messages": [
            {"role": XSS, "name": XSS, "content": [{"type": "text", "text": XSS}, {"type": "odd", XSS: XSS}]},
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "javascript:" + XSS}}]},
        ],
        "tools": [{"function": {"name": XSS}}],
        XSS: XSS,
    }
    call_of = [{"id": XSS, "function": {"name": XSS, "arguments": json.dumps({XSS: XSS})}}]
    page = opening(
        as_owner, call(asked=asked, answered={"role": XSS, "content": XSS, "tool_calls": call_of})
    ).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src" not in page
    assert "{{7*7}}" in page
    assert 'href="javascript' not in page


def test_an_image_is_a_type_and_a_size_and_nothing_is_fetched(as_owner: Client, call: Caller) -> None:
    urls = ("data:image/png;base64," + "A" * 4096, "https://example.com/secret.png")
    content = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    page = opening(as_owner, call(asked={"messages": [{"role": "user", "content": content}]})).content.decode()
    assert "Image, image/png, 3.0" in page
    assert "not fetched" in page
    assert 'src="https://example.com' not in page
    assert 'href="https://example.com' not in page


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        "[1]",
        "{",
        '{"messages": 5}',
        '{"messages": [5, null, {"content": {"a": 1}}]}',
        '{"messages": [{"role": "user", "content": "\\ud800"}]}',
        "[" * 5000,
    ],
)
def test_whatever_was_sent_is_shown(as_owner: Client, call: Caller, body: str) -> None:
    assert opening(as_owner, call(asked=body, answered=body)).status_code == 200


def test_a_project_that_keeps_nothing_says_so(as_owner: Client, project: Project, call: Caller) -> None:
    pk = call(age=timedelta(hours=1))
    Project.objects.update(retention_days=0)
    assert "Not kept" in as_owner.get(f"{URL}{pk}/").content.decode()
    answer = opening(as_owner, pk)
    assert answer.status_code == 410
    assert openings() == []


def test_what_became_of_a_body_is_told_from_the_retention_of_its_time(
    as_owner: Client, project: Project, call: Caller
) -> None:
    change_project(OPERATOR, project=project, name=project.name, retention_days=0)
    change_project(OPERATOR, project=project, name=project.name, retention_days=5)

    def told(pk: Any) -> str:
        page = as_owner.get(f"{URL}{pk}/").content.decode()
        return next(text for text in ("Being sealed", "Not kept", "Deleted", "Nothing is kept") if f"<b>{text}" in page)

    assert told(call()) == "Being sealed"
    assert told(call(age=timedelta(days=6))) == "Deleted"  # 7 days then, and 5 now
    assert told(call(age=timedelta(days=2))) == "Nothing is kept"
    change_project(OPERATOR, project=project, name=project.name, retention_days=0)
    assert told(call()) == "Not kept"


def test_shorter_retention_counts_at_once_and_the_worker_deletes(
    as_owner: Client, project: Project, call: Caller
) -> None:
    old, new = call(asked=ASKED, age=timedelta(days=3)), call(asked=ASKED)
    answer = as_owner.post(
        "/o/llamas-of-lisbon/projects/default/", {"name": "Default", "retention_days": "2"}, follow=True
    )
    assert "can’t be opened any more" in answer.content.decode()
    assert opening(as_owner, old).status_code == 410
    assert opening(as_owner, new).status_code == 200
    assert StoredExchange.objects.count() == 2
    assert purge_shortened(timezone.now()) == 1
    assert list(StoredExchange.objects.values_list("pk", flat=True)) == [new]
    change_project(OPERATOR, project=project, name=project.name, retention_days=0)
    assert purge_shortened(timezone.now()) == 1
    assert not StoredExchange.objects.exists()


def test_nothing_that_was_kept_outlives_its_organization(
    organization: Organization, project: Project, call: Caller
) -> None:
    call(asked=ASKED)
    erase_organization(OPERATOR, organization)
    assert purge_shortened(timezone.now()) == 1
    assert not StoredExchange.objects.exists()


def test_without_the_unsealer_nothing_is_shown_and_the_page_says_so(
    as_owner: Client, call: Caller, settings: Any, tmp_path: Path
) -> None:
    pk = call(asked=ASKED)
    settings.UNSEALER_SOCKET = tmp_path / "nobody.sock"
    unsealer.cache_clear()
    for answer in (as_owner.get(f"{URL}{pk}/"), opening(as_owner, pk)):
        assert answer.status_code == 503
        assert "Louvre" not in answer.content.decode()
    settings.UNSEALER_SOCKET = None
    unsealer.cache_clear()
    assert openings() == []


def test_what_was_changed_in_the_database_does_not_open(as_owner: Client, call: Caller) -> None:
    one, other = call(asked=ASKED), call(asked=ASKED)
    record = StoredExchange.objects.get(pk=other).request.record()
    with connections["content"].cursor() as cursor:
        table = StoredExchange._meta.db_table
        pk = one if connections["content"].vendor == "postgresql" else one.hex
        cursor.execute(f"UPDATE {table} SET request = %s WHERE id = %s", [record, pk])
    answer = opening(as_owner, one)
    assert answer.status_code == 409
    assert "This does not open" in answer.content.decode()
    assert "Louvre" not in answer.content.decode()
