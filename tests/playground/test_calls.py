"""Calls from the playground: through the gateway with a key of their person, relayed as they come, ended with it."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from accounts.actions import add_member, archive_project, create_project
from accounts.models import Organization, Project, Role, User
from catalog.models import Model
from catalog.money import PICO
from keys.models import ApiKey, Turn
from keys.playground import LASTS, playground_secret
from keys.secrets import hash_secret, is_well_formed
from keys.turns import take_turn
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from llama_console.views.playground import relay
from notifications.models import OutboxMessage
from tests.conftest import _signed_in, person
from tests.playground.conftest import PAGE, call
from tests.support.canaries import scan_data
from tests.support.gateway_stand_in import StandIn, breaks_off, goes_on, refuses, says, waits
from usage.models import UsageEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("llama")]


def events(answer: Any) -> list[tuple[str, Any]]:
    """Return the events of an answer by name and data, without comments."""
    text = b"".join(answer.streaming_content).decode()
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if "data" in fields:
            found.append((fields.get("event", ""), json.loads(fields["data"])))
    return found


def told(answer: Any, name: str) -> Any:
    return next(data for found, data in events(answer) if found == name)


def test_an_answer_that_cannot_begin_keeps_no_place(
    as_owner: Client, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    free = relay._streams._value
    with monkeypatch.context() as patch:
        patch.setattr(relay.threading.Thread, "start", full)
        with pytest.raises(RuntimeError):
            call(as_owner)
    assert relay._streams._value == free
    assert not Turn.objects.exists()


@pytest.mark.parametrize("path", ["completions/", "code/"])
def test_a_schema_that_is_nested_too_deeply_is_refused(as_owner: Client, organization: Organization, path: str) -> None:
    schema: dict[str, Any] = {}
    for _ in range(150):
        schema = {"a": schema}
    body = {"model": "llama", "project": "default", "messages": [{"role": "user", "content": "Hi"}]}
    answer = as_owner.post(PAGE + path, {**body, "response_format": schema}, content_type="application/json")
    assert answer.status_code == 400


def eventually(probe: Any, seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < end
        time.sleep(0.01)


def tables() -> bytes:
    """Return all that the databases hold."""
    rows = [row for model in apps.get_models(include_auto_created=True) for row in model._base_manager.values_list()]
    values = [value for row in rows for value in row]
    return b"\n".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in values
    )


def leave(answer: Any) -> None:
    """Leave as a browser does: something has come, and whoever serves it closes the answer."""
    next(answer._iterator)
    answer._iterator.close()


def as_role(organization: Organization, role: Role) -> Client:
    user = person(f"{role}@example.com")
    add_member(Actor.operator(), organization=organization, user=user, role=role)
    return _signed_in(user)


def test_an_answer_streams_with_the_calls_number_before_it(as_owner: Client, stand_in: StandIn) -> None:
    answer = call(as_owner)
    assert answer["Content-Type"].startswith("text/event-stream")
    assert (answer["Cache-Control"], answer["X-Accel-Buffering"]) == ("no-store", "no")
    found = events(answer)
    assert found[0] == ("call", {"id": stand_in.asked[0].request_id})
    assert "".join(data["event"]["delta"]["text"] for _, data in found[1:]) == "Hello, Olivia"


def test_pieces_reach_the_browser_one_by_one_also_where_it_would_take_them_compressed(
    as_owner: Client, stand_in: StandIn
) -> None:
    stand_in.behaviour = goes_on
    answer = as_owner.post(
        f"{PAGE}completions/",
        {"model": "llama", "project": "default", "stream": True, "messages": [{"role": "user", "content": "Hi"}]},
        content_type="application/json",
        headers={"Accept-Encoding": "gzip, br"},
    )
    pieces: Iterator[bytes] = iter(answer.streaming_content)
    seen = b""
    while b"progress" not in seen:  # the other end never ends by itself
        seen += next(pieces)
    assert "Content-Encoding" not in answer
    leave(answer)


def test_an_answer_that_does_not_stream_comes_whole(as_owner: Client, stand_in: StandIn) -> None:
    whole = told(call(as_owner, stream=False), "whole")
    assert whole["completion_message"]["content"]["text"] == "Hello, Olivia"
    assert "stream" not in stand_in.asked[0].body


def test_the_gateway_gets_what_was_set_and_nothing_else(as_owner: Client, stand_in: StandIn) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}
    given = {"temperature": 0.5, "top_p": 1, "top_k": 40, "max_completion_tokens": 9, "repetition_penalty": 1.1}
    events(call(as_owner, **given, response_format=form, base_url="http://elsewhere", tools=[], user="x"))
    assert stand_in.asked[0].body == {
        "model": "llama", "messages": [{"role": "user", "content": "Hi"}], "stream": True, **given,
        "response_format": form,
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": ""},
        {"model": 7},
        {"project": None},
        {"messages": []},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
        {"messages": ["x"]},
        {"top_k": "7"},
        {"temperature": True},
        {"response_format": "json"},
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_done(
    as_owner: Client, stand_in: StandIn, wrong: dict[str, Any]
) -> None:
    answer = call(as_owner, **wrong)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert not stand_in.asked
    assert not ApiKey.objects.exists()


def test_no_number_is_no_number(as_owner: Client) -> None:
    text = '{"model":"llama","project":"default","messages":[{"role":"user","content":"x"}],"temperature":NaN}'
    assert as_owner.post(f"{PAGE}completions/", text, content_type="application/json").status_code == 400


# The key -------------------------------------------------------------------------------------


def test_the_call_is_made_with_a_key_of_the_person_and_the_project_that_ends_within_an_hour(
    as_owner: Client, stand_in: StandIn, project: Project, owner: User
) -> None:
    events(call(as_owner))
    secret, key = stand_in.asked[0].secret, ApiKey.objects.get()
    assert is_well_formed(secret)
    assert (key.project, key.created_by, key.scopes, key.is_playground) == (project, owner, ["chat"], True)
    assert key.expires_at
    assert key.expires_at - timezone.now() <= LASTS == timedelta(hours=1)
    caller = find_caller(secret)
    assert caller
    assert (caller.key_id, caller.project_id, caller.scopes) == (key.pk, project.pk, frozenset({"chat"}))


def test_another_call_takes_the_same_key_and_writes_nothing(
    as_owner: Client, stand_in: StandIn, organization: Organization
) -> None:
    events(call(as_owner))
    before = AuditEvent.objects.count()
    events(call(as_owner))
    assert len({handler.secret for handler in stand_in.asked}) == 1
    assert AuditEvent.objects.count() == before
    event = AuditEvent.objects.get(action=Action.PLAYGROUND_OPENED)
    assert event.organization_id == organization.pk
    assert not OutboxMessage.objects.filter(kind__contains="key").exists()  # nobody is written to about it


def test_after_its_hour_the_key_gets_another_secret_and_the_former_one_is_nobodys(
    as_owner: Client, stand_in: StandIn
) -> None:
    events(call(as_owner))
    ApiKey.objects.update(expires_at=timezone.now() + timedelta(seconds=30))
    events(call(as_owner))
    former, latter = (handler.secret for handler in stand_in.asked)
    assert former != latter
    assert find_caller(former) is None
    assert find_caller(latter)
    assert ApiKey.objects.count() == 1
    assert AuditEvent.objects.filter(action=Action.PLAYGROUND_OPENED).count() == 2


def test_a_key_that_was_revoked_stays_so_and_another_one_takes_its_place(as_owner: Client, stand_in: StandIn) -> None:
    events(call(as_owner))
    ApiKey.objects.update(revoked_at=timezone.now())
    events(call(as_owner))
    assert find_caller(stand_in.asked[0].secret) is None
    assert find_caller(stand_in.asked[1].secret)
    assert ApiKey.objects.count() == 2


def test_people_and_projects_have_secrets_of_their_own(organization: Organization, owner: User, member: User) -> None:
    actor = Actor.user(owner.pk)
    one = organization.projects.get()
    other = create_project(actor, organization=organization, name="Other")
    made = {playground_secret(actor, project=p, user=u) for p in (one, other) for u in (owner, member)}
    assert len(made) == 4


def test_the_secret_stands_in_no_table_session_answer_or_log(
    as_owner: Client, stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = call(as_owner)
    shown = b"".join(answer.streaming_content) + str(answer.headers).encode()
    shown += as_owner.get(PAGE).content + as_owner.get("/o/llamas-of-lisbon/keys/").content
    secret = stand_in.asked[0].secret
    canaries = {"secret": secret, "body of it": secret[4:36]}
    assert scan_data("answers", shown, canaries) == []
    assert scan_data("log", caplog.text.encode(), canaries) == []
    assert scan_data("tables", tables(), canaries) == []
    assert ApiKey.objects.get().secret_hash == hash_secret(secret)


def test_a_prompt_stands_in_no_table_of_the_console(as_owner: Client, stand_in: StandIn) -> None:
    prompt = "purple canary sings at dawn"
    events(call(as_owner, messages=[{"role": "user", "content": prompt}]))
    as_owner.post(
        f"{PAGE}code/",
        {"model": "llama", "project": "default", "messages": [{"role": "user", "content": prompt}]},
        content_type="application/json",
    )
    assert scan_data("tables", tables(), {"prompt": prompt}) == []


def test_the_key_stands_in_no_list_and_nobody_can_revoke_it_by_its_address(as_owner: Client, stand_in: StandIn) -> None:
    events(call(as_owner))
    assert "Playground" not in as_owner.get("/o/llamas-of-lisbon/keys/").content.decode().split("<main")[1]
    assert as_owner.get(f"/o/llamas-of-lisbon/keys/{ApiKey.objects.get().pk}/revocation/").status_code == 404


# What is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [402, 429])
def test_a_refusal_names_its_rule_what_to_do_and_where_it_is_explained(
    as_owner: Client, stand_in: StandIn, status: int
) -> None:
    problem = {"title": "x", "detail": "Too many.", "status": status, "rule": "key.requests_per_minute"}
    stand_in.behaviour = refuses(status, problem, Retry_After="18")
    refused = told(call(as_owner), "refused")
    request = stand_in.asked[0].request_id
    assert (refused["status"], refused["rule"], refused["retry_after"]) == (status, "key.requests_per_minute", "18")
    assert "Requests a minute of the key" in refused["detail"]
    assert "Spread the calls" in refused["advice"]
    assert refused["url"] == f"/o/llamas-of-lisbon/blocked/?request={request}"


def test_what_names_no_rule_says_what_the_gateway_said(as_owner: Client, stand_in: StandIn) -> None:
    stand_in.behaviour = refuses(400, {"detail": "top_k is below 0", "status": 400})
    refused = told(call(as_owner), "refused")
    assert (refused["detail"], refused["rule"], refused["url"]) == ("top_k is below 0", "", "")
    stand_in.behaviour = refuses(500, "no object")
    assert "500" in told(call(as_owner), "refused")["detail"]


def test_a_key_that_the_gateway_does_not_take_says_nothing_of_keys_of_ones_own(
    as_owner: Client, stand_in: StandIn
) -> None:
    stand_in.behaviour = refuses(401, {"detail": "A valid API key is required: Authorization: Bearer KEY."})
    refused = told(call(as_owner), "refused")
    assert "the playground’s key" in refused["detail"]


def test_a_gateway_that_is_away_or_breaks_off_is_told_so(as_owner: Client, stand_in: StandIn, settings: Any) -> None:
    stand_in.behaviour = breaks_off
    found = events(call(as_owner))
    assert [name for name, _ in found] == ["call", "", "refused"]
    settings.GATEWAY_URL = "http://127.0.0.1:1"
    assert told(call(as_owner), "refused")["status"] == 502
    assert not Turn.objects.exists()


# Turns and ends ------------------------------------------------------------------------------


def test_a_person_has_one_answer_at_a_time(as_owner: Client, stand_in: StandIn) -> None:
    stand_in.behaviour = goes_on
    first = call(as_owner)
    second = call(as_owner)
    assert second.status_code == 409
    assert "another tab" in second.json()["detail"]
    leave(first)
    stand_in.behaviour = says("again")
    assert told(call(as_owner), "call")


def test_a_turn_whose_process_died_is_over_after_half_a_minute(owner: User) -> None:
    assert take_turn(owner)
    assert take_turn(owner) is None
    Turn.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert take_turn(owner)


def test_a_process_streams_to_a_bounded_number_of_people(
    as_owner: Client, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "_streams", threading.BoundedSemaphore(1))
    assert relay.take_place()
    busy = call(as_owner)
    assert busy.status_code == 503
    assert not stand_in.asked
    relay.leave_place()
    assert told(call(as_owner), "call")
    assert relay.take_place(), "the place was given back"


@pytest.mark.parametrize("behaviour", [goes_on, waits])
def test_who_leaves_hangs_up_on_the_gateway_also_before_the_first_word(
    as_owner: Client, stand_in: StandIn, behaviour: Any
) -> None:
    stand_in.behaviour = behaviour
    answer = call(as_owner)
    eventually(lambda: stand_in.asked)
    leave(answer)
    assert stand_in.hung_up.wait(5)
    assert not Turn.objects.exists()


def test_while_nothing_comes_the_browser_hears_that_somebody_is_there(as_owner: Client, stand_in: StandIn) -> None:
    stand_in.behaviour = waits
    answer = call(as_owner)
    assert next(answer._iterator) == b": \n\n"
    leave(answer)


# Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.ADMIN, 200), (Role.DEVELOPER, 200), (Role.BILLING, 403), (Role.VIEWER, 403)],
)
def test_developers_and_above_may_call_and_nobody_else(
    organization: Organization, stand_in: StandIn, role: Role, status: int
) -> None:
    client = as_role(organization, role)
    assert client.get(PAGE).status_code == status
    assert client.get(f"{PAGE}receipt/").status_code == status
    answer = call(client)
    assert answer.status_code == status
    if status == 200:
        assert told(answer, "call")
    assert bool(stand_in.asked) == (status == 200)
    assert client.post(f"{PAGE}code/", {}, content_type="application/json").status_code in {400, status} - {200}


def test_outsiders_find_nothing(as_outsider: Client, organization: Organization, stand_in: StandIn) -> None:
    assert as_outsider.get(PAGE).status_code == 404
    assert call(as_outsider).status_code == 404
    assert not stand_in.asked


def test_a_limited_developer_calls_in_their_projects_alone(
    organization: Organization, owner: User, stand_in: StandIn
) -> None:
    mine = create_project(Actor.user(owner.pk), organization=organization, name="Mine")
    theirs = create_project(Actor.user(owner.pk), organization=organization, name="Theirs")
    user = person("dev@example.com")
    add_member(
        Actor.operator(), organization=organization, user=user, role=Role.DEVELOPER,
        projects={mine.pk: Role.DEVELOPER, theirs.pk: Role.VIEWER},
    )  # fmt: skip
    client = _signed_in(user)
    assert told(call(client, project="mine"), "call")
    assert call(client, project="theirs").status_code == 404
    assert call(client, project="default").status_code == 404
    assert call(client, project="nothing-here").status_code == 404
    page = client.get(PAGE).content.decode()
    assert 'value="mine"' in page
    assert 'value="theirs"' not in page


def test_an_archived_project_is_none(as_owner: Client, owner: User, organization: Organization) -> None:
    create_project(Actor.user(owner.pk), organization=organization, name="Kept")
    archive_project(Actor.user(owner.pk), organization.projects.exclude(slug="kept").get())
    assert call(as_owner).status_code == 404


# Receipts ------------------------------------------------------------------------------------


def counted(organization: Organization, key_id: UUID) -> UsageEvent:
    return UsageEvent.objects.create(
        id=new_id(), organization_id=organization.pk, project_id=new_id(), key_id=key_id, model="llama",
        started_at=timezone.now(), status=200, outcome="completed", prompt_tokens=1200, cached_tokens=3,
        completion_tokens=7, estimated=False, latency_ms=1420, first_token_ms=212, amount=PICO // 4, price_version=1,
    )  # fmt: skip


def test_a_receipt_is_the_event_that_is_billed(as_owner: Client, stand_in: StandIn, organization: Organization) -> None:
    events(call(as_owner))
    event = counted(organization, ApiKey.objects.get().pk)
    receipt = as_owner.get(f"{PAGE}receipt/", {"call": str(event.pk)}).json()
    assert receipt == {
        "counted": True, "prompt": "1,200", "cached": "3", "completion": "7", "cost": "$0.25", "latency": "1.42 s",
        "first": "212 ms", "estimated": False,
    }  # fmt: skip


def test_calls_of_others_and_of_other_keys_have_no_receipt_here(
    as_owner: Client, stand_in: StandIn, organization: Organization
) -> None:
    colleague = as_role(organization, Role.DEVELOPER)
    events(call(colleague))
    theirs = counted(organization, ApiKey.objects.get().pk)
    for call_id in (theirs.pk, counted(organization, new_id()).pk, new_id(), "x", ""):
        assert as_owner.get(f"{PAGE}receipt/", {"call": str(call_id)}).json() == {"counted": False}
    assert colleague.get(f"{PAGE}receipt/", {"call": str(theirs.pk)}).json()["counted"]


# The page ------------------------------------------------------------------------------------


def test_the_page_offers_models_that_the_organization_reaches(as_owner: Client, organization: Organization) -> None:
    Model.objects.create(name="far", title="Far", upstream_name="far", policy="contributes")
    Model.objects.create(name="gone", title="Gone", upstream_name="gone", is_served=False)
    assert 'value="far"' in as_owner.get(PAGE).content.decode()
    Organization.objects.update(blocked_policies=["contributes"])
    page = as_owner.get(PAGE).content.decode()
    assert 'value="llama"' in page
    assert 'value="far"' not in page
    assert 'value="gone"' not in page


def test_without_models_the_page_says_where_they_are(as_owner: Client) -> None:
    Model.objects.update(is_served=False)
    page = as_owner.get(PAGE).content.decode()
    assert "No model to call" in page
    assert "<textarea" not in page


def test_a_page_takes_as_many_queries_for_many_models_and_projects(
    as_owner: Client, organization: Organization, owner: User, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def number() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_owner.get(PAGE)
        return len(queries)

    few = number()
    for each in range(20):
        Model.objects.create(name=f"m{each}", title="M", upstream_name="m")
        create_project(Actor.user(owner.pk), organization=organization, name=f"P{each}")
    assert number() == few
