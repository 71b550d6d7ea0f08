"""Models, data policy, refusals and dry runs, for programs: as the pages tell them, of what the key sees alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import add_member, change_role, create_project
from accounts.models import Organization, Project, Role, User
from catalog.models import Model
from catalog.money import PICO
from keys.actions import issue_key
from keys.models import ApiKey, Limits
from keys.playground import playground_secret
from keys.refusals import Refused, add_refusals
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from tests.admin_api.conftest import Caller, program
from tests.conftest import person
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def llama() -> Model:
    return Model.objects.create(name="Llama-3.3-70B-Instruct", title="Llama", upstream_name="llama", policy="outside")


@pytest.fixture
def foreign(outsider: User) -> Project:
    return Organization.objects.get(slug="outsiders").projects.get()


def note(project: Project, rule: str = "key.requests_per_minute", **more: Any) -> Refused:
    given: dict[str, Any] = {"at": timezone.now(), "request_id": new_id(), "key_id": new_id(), "limit": 7, "counter": 7}
    one = Refused(organization_id=project.organization_id, project_id=project.pk, rule=rule, **{**given, **more})
    add_refusals([one])
    return one


def test_models_stand_with_policy_reach_and_the_organizations_limits(
    olivia: Caller, organization: Organization, llama: Model
) -> None:
    Limits.objects.create(
        subject_id=organization.pk, level="organization", organization_id=organization.pk, model=llama.name,
        requests_per_minute=60,
    )  # fmt: skip
    [model] = olivia.ask("models/").json()["data"]
    assert (model["name"], model["context"], model["data_policy"], model["reachable"]) == (
        "Llama-3.3-70B-Instruct", 128_000, "outside", True,
    )  # fmt: skip
    assert model["limits"] == {"requests_per_minute": 60, "tokens_per_minute": None, "concurrent": None}
    assert olivia.change("data-policy/", {"blocked": ["outside"]}).json() == {"blocked": ["outside"]}
    [model] = olivia.ask("models/").json()["data"]
    assert model["reachable"] is False


def test_the_switch_is_recorded_once_and_refuses_what_is_no_class(olivia: Caller, organization: Organization) -> None:
    assert olivia.ask("data-policy/").json() == {"blocked": []}
    for _ in range(2):
        assert olivia.change("data-policy/", {"blocked": ["contributes", "contributes"]}).status_code == 200
    assert AuditEvent.objects.filter(action=Action.DATA_POLICY_CHANGED).count() == 1
    for wrong in ({"blocked": ["moon"]}, {"blocked": "outside"}, {}, {"blocked": None}, {"blocks": []}):
        assert olivia.change("data-policy/", wrong).status_code == 400
    assert olivia.ask("data-policy/").json() == {"blocked": ["contributes"]}


def test_refusals_come_newest_first_and_by_rule_project_and_key(olivia: Caller, project: Project) -> None:
    first = note(project)
    note(project, "organization.credit", limit=PICO)
    note(project, at=timezone.now() - timedelta(days=9))
    found = olivia.ask("refusals/").json()["data"]
    assert [each["rule"] for each in found] == ["organization.credit", "key.requests_per_minute"]
    assert found[0]["limit"] == str(PICO)
    [one] = olivia.ask("refusals/", rule="key.requests_per_minute").json()["data"]
    assert (one["last_request_id"], one["count"], one["key_id"]) == (str(first.request_id), 1, str(first.key_id))
    assert len(olivia.ask("refusals/", project_id=str(project.pk)).json()["data"]) == 2
    assert olivia.ask("refusals/", key_id=str(new_id())).json()["data"] == []
    assert olivia.ask("refusals/", project_id=str(new_id())).status_code == 404
    assert olivia.ask("refusals/", rule="moon.phase").status_code == 400


def test_refusals_of_others_are_as_if_there_were_none(
    olivia: Caller, organization: Organization, owner: User, member: User, foreign: Project, project: Project
) -> None:
    theirs = note(foreign)
    assert olivia.ask("refusals/").json()["data"] == []
    assert olivia.ask("refusals/", key_id=str(theirs.key_id)).json()["data"] == []
    assert olivia.ask("refusals/", project_id=str(foreign.pk)).status_code == 404
    mine = create_project(Actor.user(owner.pk), organization=organization, name="Mine")
    change_role(
        Actor.operator(), membership=organization.memberships.get(user=member), role=Role.VIEWER,
        projects={mine.pk: Role.VIEWER},
    )  # fmt: skip
    note(project)
    note(mine, "key.concurrent")
    assert [each["rule"] for each in program(organization, member).ask("refusals/").json()["data"]] == [
        "key.concurrent"
    ]


def test_who_sees_no_billing_gets_no_sums_of_the_organizations_money(
    organization: Organization, member: User, project: Project
) -> None:
    note(project, "organization.credit", limit=PICO, counter=1)
    [one] = program(organization, member).ask("refusals/").json()["data"]
    assert (one["rule"], one["limit"], one["counter"]) == ("organization.credit", None, None)


def test_a_dry_run_says_what_a_limit_would_have_refused(olivia: Caller, project: Project, foreign: Project) -> None:
    key, _ = issue_key(Actor.operator(), project=project, name="x")
    theirs, _ = issue_key(Actor.operator(), project=foreign, name="x")
    at = timezone.now() - timedelta(hours=1)
    UsageEvent.objects.bulk_create(
        UsageEvent(
            id=new_id(), organization_id=where.organization_id, project_id=where.pk, key_id=of.pk, model="llama",
            started_at=at, status=200, outcome="completed", prompt_tokens=5, cached_tokens=0, completion_tokens=5,
            estimated=False, latency_ms=1, amount=PICO, price_version=1,
        )
        for where, of in ((project, key), (project, key), (foreign, theirs))
    )  # fmt: skip
    whole = olivia.ask("dry-run/", limit=1).json()
    assert (whole["calls"], whole["refused"], whole["worst"], whole["is_cut"]) == (2, 1, 1, False)
    assert olivia.ask("dry-run/", limit=2).json()["refused"] == 0
    assert olivia.ask("dry-run/", tried="budget_day", limit=PICO, key_id=str(key.pk)).json()["refused"] == 1
    assert olivia.ask("dry-run/", limit=1, model="other").json()["calls"] == 0
    assert olivia.ask("dry-run/", limit=1, project_id=str(project.pk)).json()["calls"] == 2
    for named in ({"key_id": theirs.pk}, {"project_id": foreign.pk}, {"key_id": new_id()},
                  {"key_id": key.pk, "project_id": new_id()}):  # fmt: skip
        assert olivia.ask("dry-run/", **named).status_code == 404
    for wrong in ({"limit": 0}, {"limit": "x"}, {"tried": "moon"}, {"key": "x"}):
        assert olivia.ask("dry-run/", **wrong).status_code == 400


def test_who_is_limited_to_projects_sees_nothing_of_the_whole(organization: Organization, owner: User) -> None:
    mine = create_project(Actor.user(owner.pk), organization=organization, name="Mine")
    user = person("dev@example.com")
    add_member(
        Actor.operator(), organization=organization, user=user, role=Role.VIEWER, projects={mine.pk: Role.VIEWER}
    )
    caller = program(organization, user)
    assert caller.ask("dry-run/").status_code == 404
    assert caller.ask("dry-run/", project_id=str(mine.pk)).status_code == 200
    assert caller.ask("organization/limits/").status_code == 404  # its counter tells of all
    assert caller.ask(f"projects/{mine.pk}/limits/").status_code == 200


def test_the_playgrounds_keys_are_in_no_list(olivia: Caller, project: Project, owner: User) -> None:
    playground_secret(Actor.user(owner.pk), project=project, user=owner)
    assert olivia.ask("keys/").json()["data"] == []
    key = ApiKey.objects.get()
    assert olivia.ask(f"keys/{key.pk}/").status_code == 404
    assert olivia.make(f"keys/{key.pk}/revocation/").status_code == 404
