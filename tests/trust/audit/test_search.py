"""The search of the audit log: qualifiers, names, dates, and what is not understood."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions import create_project
from accounts.models import Organization, Project, User
from keys.actions import issue_key
from ledger.actor import Actor
from ledger.ids import first_id, new_id
from ledger.models import Action, AuditEvent
from tests.trust.audit.conftest import URL, Happen
from tests.trust.audit.test_log import rows_of, text_of
from trust.audit import search
from vault.events import record_pending

pytestmark = pytest.mark.django_db


def found(client: Client, q: str) -> list[str]:
    answer = client.get(URL, {"q": q})
    assert answer.status_code == 200, answer.context["faults"]
    return [row.target_id for row in rows_of(answer)]


def fault(client: Client, q: str) -> str:
    answer = client.get(URL, {"q": q})
    assert answer.status_code == 422
    return " ".join(answer.context["faults"])


def test_actions_are_found_by_tag_or_subject(as_owner: Client, happen: Happen) -> None:
    for action in (Action.KEY_CREATED, Action.KEY_REVOKED, Action.WEBHOOK_CREATED):
        happen(action, target=action.value)
    assert found(as_owner, "action:key.created") == ["key:created"]
    assert found(as_owner, "action:KEY:created") == ["key:created"]
    for subject in ("key", "key.", "key.*", "key:*"):
        assert found(as_owner, f"action:{subject}") == ["key:revoked", "key:created"]
    assert found(as_owner, "action:key.created action:webhook.created") == ["webhook:created", "key:created"]


def test_actors_are_found_by_kind_id_or_as_oneself(as_owner: Client, owner: User, happen: Happen) -> None:
    key, mira = new_id(), new_id()
    actors = {
        "me": Actor.user(owner.pk), str(mira): Actor.user(mira), "system": Actor.system("worker"),
        f"key:{key}": Actor.parse(f"key:{key}"), "staff:ana": Actor.staff("ana"), "operator": Actor.operator(),
    }  # fmt: skip
    for name, actor in actors.items():
        happen(Action.WEBHOOK_CREATED, actor=actor, target=name)
    for name in actors:
        assert found(as_owner, f"action:webhook actor:{name}") == [name]
    assert found(as_owner, "action:webhook actor:member") == [str(mira), "me"]
    assert found(as_owner, f"action:webhook actor:{key}") == [f"key:{key}"]
    assert found(as_owner, f"action:webhook actor:user:{mira}") == [str(mira)]


def test_targets_and_projects_are_found_by_name(
    as_owner: Client, owner: User, organization: Organization, project: Project
) -> None:
    actor = Actor.user(owner.pk)
    other = create_project(actor, organization=organization, name="Nightly evaluation")
    key, _ = issue_key(actor, project=other, name="ci runner")
    record_pending()
    assert found(as_owner, 'target:"CI runner"') == [str(key.pk)]
    assert found(as_owner, f"target:{key.pk}") == [str(key.pk)]
    for name in ("nightly-evaluation", '"nightly Evaluation"', str(other.pk)):
        assert found(as_owner, f"project:{name}") == [str(key.pk), str(other.pk)]
    assert found(as_owner, "project:default") == [str(project.pk)]


def test_foreign_names_find_nothing(as_owner: Client, outsider: User) -> None:
    other = Organization.objects.get(slug="outsiders")
    secret = create_project(Actor.user(outsider.pk), organization=other, name="Secret plan")
    key, _ = issue_key(Actor.user(outsider.pk), project=secret, name="secret key")
    assert "There is no project" in fault(as_owner, "project:secret-plan")
    assert "There is no project" in fault(as_owner, f"project:{secret.pk}")
    assert "Nothing here is called" in fault(as_owner, 'target:"secret key"')
    assert found(as_owner, f"target:{key.pk}") == []


def test_times_are_in_utc_and_a_date_counts_to_its_end(as_owner: Client, organization: Organization) -> None:
    for hour in (0, 12, 23):
        at = datetime(2026, 3, 10, hour, 30, tzinfo=UTC)
        AuditEvent.objects.create(
            id=first_id(at), organization_id=organization.pk, actor="system:x", action="key:created", target=str(hour)
        )
    assert found(as_owner, "since:2026-03-10 until:2026-03-10") == ["23", "12", "0"]
    assert found(as_owner, "since:2026-03-10T12:00 until:2026-03-10T13:00Z") == ["12"]
    assert found(as_owner, "since:2026-03-10T14:00+02:00 until:2026-03-10T20:00") == ["12"]
    assert found(as_owner, "until:2026-03-09") == []
    assert found(as_owner, "until:0001-01-02") == []


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ("who:me", "“who:” is no qualifier. Use action:, actor:"),
        ("revoked", "“revoked” has no qualifier"),
        ("actor:", "needs a value"),
        ("since:yesterday", "is no date. Write since:2026-11-25"),
        ("since:2026-13-01", "is no date"),
        ("since:2026-01-01 since:2026-01-02", "can be given once"),
        ("action:nothing", "There is no action “nothing”"),
        ("actor:nobody", "“nobody” is nobody"),
        ("until:9999-12-31", "is no date"),
        ("x" * 501, "500 characters at most"),
        ("<script>:1", "“<script>:” is no qualifier"),
    ],
)
def test_what_is_not_understood_is_said_and_nothing_is_shown(as_owner: Client, q: str, said: str) -> None:
    assert said in fault(as_owner, q)
    answer = as_owner.get(URL, {"q": q})
    assert not rows_of(answer)
    assert b"<script>:" not in answer.content
    assert as_owner.get(URL + "export.csv", {"q": q}).status_code == 302


def test_what_is_picked_is_written_into_the_search(as_owner: Client) -> None:
    answer = as_owner.get(URL, {"q": 'actor:me target:"a b"', "pick-action": "key.created", "pick-actor": ""})
    assert answer["Location"] == URL + "?q=target%3A%22a+b%22+action%3Akey.created"
    chosen = as_owner.get(URL, {"q": "action:key.created actor:me"})
    assert '<option value="key.created" selected>' in text_of(chosen)
    assert '<option value="me" selected>' in text_of(chosen)


@given(st.text(max_size=200))
def test_any_text_is_read_and_reads_the_same_once_written(text: str) -> None:
    read = search.read(text)
    if not read.faults:
        assert search.read(read.text).values == read.values


@pytest.mark.parametrize(
    "q", ["action:\x00", "actor:me\x00", "target:" + "\u202e", "project:%_\\", "target:'; --", "target:\ud800"]
)
def test_odd_letters_do_no_harm(as_owner: Client, q: str) -> None:
    answer: Any = as_owner.get(URL, {"q": q.encode("utf-8", "surrogatepass")})
    assert answer.status_code in {200, 422}
