"""Models & limits: what is reached, what holds calls back, and the counters that enforce."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_member, create_project
from accounts.models import Organization, Project, Role, User
from accounts.step_up import unmark
from billing.models import Budget
from catalog.blocking import set_blocked
from catalog.data_policy import DataPolicy
from catalog.models import Model
from catalog.money import PICO
from keys.actions import issue_key, rotate_key
from keys.models import Limits
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.conftest import _signed_in, person
from tests.limits.conftest import Counters

pytestmark = pytest.mark.django_db
PAGE = "/o/llamas-of-lisbon/limits/"
SWITCH = f"{PAGE}data-policy/"


def text(client: Client, url: str = PAGE) -> str:
    """Return what stands on a page, without its markup."""
    main = client.get(url).content.decode().split("<main")[1].split("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def model(name: str, policy: DataPolicy = DataPolicy.LOCAL, **more: Any) -> Model:
    return Model.objects.create(name=name, title=name.title(), upstream_name=name, policy=policy, **more)


def limit(subject: Any, organization: Organization, level: str, **most: Any) -> None:
    Limits.objects.create(subject_id=subject.pk, level=level, organization_id=organization.pk, **most)


def budget(subject: Any, organization: Organization, level: str, **more: Any) -> None:
    began = datetime.now(UTC).date().replace(day=1)
    Budget.objects.create(
        subject_id=subject.pk, level=level, organization_id=organization.pk, period="month", began=began, **more
    )


def test_models_stand_with_context_price_and_data_policy(as_owner: Client) -> None:
    known = model("Llama-3.3-70B-Instruct")
    known.prices.create(
        version=1, effective_from=known.created_at, input_rate=590_000, cached_input_rate=1, output_rate=790_000
    )
    model("far", DataPolicy.CONTRIBUTES)
    model("gone", is_served=False)
    page = text(as_owner)
    assert "128,000" in page
    assert "$0.59" in page
    assert "$0.79" in page
    assert "Stays here" in page
    assert "Contributes" in page
    assert "Gone" not in page


def test_a_key_that_is_being_rotated_stands_once_as_its_successor(
    as_owner: Client, owner: User, project: Project, organization: Organization, counters: Counters
) -> None:
    key, _ = issue_key(Actor.operator(), project=project, name="ci-runner", creator=owner)
    limit(key, organization, "key", requests_per_minute=60)
    successor, _ = rotate_key(Actor.operator(), key, overlap=timedelta(hours=1), creator=owner)
    assert text(as_owner).count("ci-runner Your key") == 1
    assert successor.hint in text(as_owner)


def test_limits_of_organization_projects_and_own_keys_show_the_gateways_counters(
    as_owner: Client, owner: User, organization: Organization, project: Project, counters: Counters
) -> None:
    key, _ = issue_key(Actor.user(owner.pk), project=project, name="mine", creator=owner)
    other, _ = issue_key(Actor.operator(), project=project, name="of nobody")
    limit(organization, organization, "organization", requests_per_minute=600)
    limit(project, organization, "project", tokens_per_minute=200_000, model="llama")
    limit(key, organization, "key", concurrent=10)
    limit(other, organization, "key", concurrent=77)
    page = text(as_owner)
    assert "540 of 600" in page
    assert "180,000 of 200,000" in page
    assert "9 of 10" in page
    assert "empty in 12 s" in page
    assert "77" not in page
    assert "did not tell" not in page
    path, asked = counters.asked[0]
    assert path == "/internal/counters"
    assert {"subject_id": str(project.pk), "model": "llama", "kind": "tokens_per_minute", "limit": 200_000} in asked
    assert len(counters.asked) == 1
    assert counters.tokens[0].startswith("Bearer ")


@pytest.mark.parametrize("body", [b"no json", b"{}", b"[]", b'[{"limit": 1}]', b'["x"]', b"null"])
def test_without_an_answer_of_the_gateway_counters_are_dashes(
    as_owner: Client, organization: Organization, counters: Counters, body: bytes
) -> None:
    limit(organization, organization, "organization", requests_per_minute=600)
    counters.body = body
    page = text(as_owner)
    assert "– of 600" in page
    assert "did not tell its counters" in page


def test_without_a_gateway_the_page_stands(as_owner: Client, organization: Organization) -> None:
    assert "did not tell" not in text(as_owner), "nothing was asked"
    limit(organization, organization, "organization", concurrent=5)
    assert "– of 5" in text(as_owner)


def test_budgets_count_what_is_spent_and_held(as_owner: Client, organization: Organization, project: Project) -> None:
    budget(organization, organization, "organization", hard=500 * PICO, spent=400 * PICO, held=5 * PICO)
    budget(project, organization, "project", soft=10 * PICO, spent=1 * PICO)
    page = text(as_owner)
    assert "$405.00 of $500.00" in page
    assert "told, not enforced" in page
    assert "begins anew" in page


def test_a_budget_of_a_former_period_begins_at_nothing(as_owner: Client, organization: Organization) -> None:
    budget(organization, organization, "organization", hard=500 * PICO, spent=400 * PICO)
    Budget.objects.update(began="2001-01-01")
    assert "$0.00 of $500.00" in text(as_owner)


def test_every_role_sees_the_page_and_outsiders_do_not(
    organization: Organization, as_member: Client, as_outsider: Client
) -> None:
    assert as_member.get(PAGE).status_code == 200
    assert as_outsider.get(PAGE).status_code == 404


def test_a_limited_member_sees_their_projects_alone(organization: Organization, owner: User) -> None:
    mine = create_project(Actor.user(owner.pk), organization=organization, name="Mine")
    theirs = create_project(Actor.user(owner.pk), organization=organization, name="Theirs")
    limit(theirs, organization, "project", concurrent=77)
    budget(organization, organization, "organization", hard=500 * PICO, spent=477 * PICO)
    user = person("dev@example.com")
    add_member(
        Actor.operator(), organization=organization, user=user, role=Role.VIEWER, projects={mine.pk: Role.VIEWER}
    )
    page = text(_signed_in(user))
    assert "Mine" in page
    assert "Theirs" not in page
    assert "77" not in page


def test_the_page_takes_as_many_queries_for_many_of_everything(
    as_owner: Client, owner: User, organization: Organization, project: Project
) -> None:
    def number() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_owner.get(PAGE)
        return len(queries)

    model("one")
    issue_key(Actor.user(owner.pk), project=project, name="x", creator=owner)
    budget(project, organization, "project", hard=PICO)
    few = number()
    for each in range(12):
        model(f"m{each}")
        made = create_project(Actor.user(owner.pk), organization=organization, name=f"P{each}")
        key, _ = issue_key(Actor.user(owner.pk), project=made, name="x", creator=owner)
        limit(made, organization, "project", concurrent=1)
        limit(key, organization, "key", concurrent=1)
        budget(made, organization, "project", hard=PICO)
    assert number() == few


# The switch ----------------------------------------------------------------------------------


def test_an_admin_blocks_classes_and_the_log_says_which(
    as_owner: Client, organization: Organization, project: Project
) -> None:
    model("far", DataPolicy.CONTRIBUTES)
    _, secret = issue_key(Actor.operator(), project=project, name="x")
    assert "Far" in text(as_owner, SWITCH)
    answer = as_owner.post(SWITCH, {"blocked": ["contributes", "outside"]}, follow=True)
    assert "Blocked here: Goes outside, Contributes" in re.sub(r"<[^>]+>", "", answer.content.decode())
    organization.refresh_from_db()
    assert organization.blocked_policies == ["outside", "contributes"]
    caller = find_caller(secret)
    assert caller
    assert caller.blocked_policies == {"outside", "contributes"}
    event = AuditEvent.objects.get(action=Action.DATA_POLICY_CHANGED)
    assert event.payload == {"added_blocked_policies": "outside, contributes", "removed_blocked_policies": ""}
    as_owner.post(SWITCH, {"blocked": ["outside", "contributes"]})
    assert AuditEvent.objects.filter(action=Action.DATA_POLICY_CHANGED).count() == 1
    as_owner.post(SWITCH, {})
    organization.refresh_from_db()
    assert organization.blocked_policies == []


def test_a_class_that_there_is_not_changes_nothing(as_owner: Client, organization: Organization) -> None:
    assert as_owner.post(SWITCH, {"blocked": ["everything"]}).status_code == 422
    organization.refresh_from_db()
    assert organization.blocked_policies == []


def test_the_switch_asks_again_who_one_is(as_owner: Client, organization: Organization) -> None:
    session = as_owner.session
    unmark(session)
    session.save()
    assert as_owner.post(SWITCH, {"blocked": ["local"]}).status_code == 302
    organization.refresh_from_db()
    assert organization.blocked_policies == []


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ADMIN, 200), (Role.DEVELOPER, 403), (Role.BILLING, 403), (Role.VIEWER, 403)]
)
def test_admins_alone_reach_the_switch(organization: Organization, role: Role, status: int) -> None:
    user = person("somebody@example.com")
    add_member(Actor.operator(), organization=organization, user=user, role=role)
    client = _signed_in(user)
    assert client.get(SWITCH).status_code == status
    assert ("Data policy…" in text(client)) == (status == 200)
    assert client.post(SWITCH, {"blocked": ["local"]}).status_code == (302 if status == 200 else 403)


def test_outsiders_find_no_switch(as_outsider: Client, organization: Organization) -> None:
    assert as_outsider.post(SWITCH, {"blocked": ["local"]}).status_code == 404


def test_blocking_has_the_classes_in_their_order(owner: User, organization: Organization) -> None:
    actor = Actor.user(owner.pk)
    assert set_blocked(actor, organization=organization, policies=[DataPolicy.CONTRIBUTES, DataPolicy.LOCAL])
    assert not set_blocked(actor, organization=organization, policies=[DataPolicy.LOCAL, DataPolicy.CONTRIBUTES])
    assert organization.blocked_policies == ["local", "contributes"]
