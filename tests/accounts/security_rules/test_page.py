"""The page of the security rules: owners and admins set them, and each change says what it was before."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import change_role
from accounts.models import Membership, Organization, Role, SecuritySettings, User
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.accounts.security_rules.conftest import HOME, PAGE, Rules, text_of
from tests.accounts.test_step_up import age, asks

pytestmark = pytest.mark.django_db


def test_an_outsider_finds_nothing_and_a_lower_role_is_refused(as_outsider: Client, as_member: Client) -> None:
    for verb in ("get", "post"):
        assert getattr(as_outsider, verb)(PAGE).status_code == 404
        answer = getattr(as_member, verb)(PAGE)
        assert answer.status_code == 403
        assert "Only owners and admins" in text_of(answer)
    assert not SecuritySettings.objects.exists()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DEVELOPER, Role.BILLING, Role.VIEWER])
def test_of_the_roles_only_admins_beside_owners_may(as_member: Client, member: User, role: Role) -> None:
    change_role(Actor.operator(), membership=Membership.objects.get(user=member), role=role)
    assert as_member.get(PAGE).status_code == (200 if role is Role.ADMIN else 403)


def test_it_asks_again_who_one_is(as_owner: Client) -> None:
    assert asks(age(as_owner), PAGE)


def test_each_change_is_recorded_with_what_it_was(as_owner: Client, owner: User, organization: Organization) -> None:
    first = {"session_hours": "8", "idle_minutes": "30", "domains": "a.example b.example"}
    assert as_owner.post(PAGE, first).status_code == 302
    assert as_owner.post(PAGE, first).status_code == 302  # changes nothing
    assert as_owner.post(PAGE, {"session_hours": "24", "domains": "b.example c.example"}).status_code == 302
    events = AuditEvent.objects.filter(action=Action.SECURITY_CHANGED).order_by("pk")
    assert {(event.actor, event.organization_id, event.target) for event in events} == {
        (f"user:{owner.pk}", organization.pk, str(organization.pk))
    }
    assert [event.payload for event in events] == [
        {
            "before_session_hours": None,
            "after_session_hours": 8,
            "before_idle_minutes": None,
            "after_idle_minutes": 30,
            "removed_domains": "",
            "added_domains": "a.example, b.example",
        },
        {
            "before_session_hours": 8,
            "after_session_hours": 24,
            "before_idle_minutes": 30,
            "after_idle_minutes": None,
            "removed_domains": "a.example",
            "added_domains": "c.example",
        },
    ]


@pytest.mark.parametrize("wrong", [{"session_hours": "99999"}, {"idle_minutes": "1"}, {"session_hours": "x"}])
def test_only_the_times_that_are_offered_can_be_set(as_owner: Client, wrong: dict[str, str]) -> None:
    assert as_owner.post(PAGE, wrong).status_code == 422
    assert not SecuritySettings.objects.exists()


def test_the_rules_cost_no_query(as_member: Client, rules: Rules, django_assert_num_queries: Any) -> None:
    as_member.get(HOME + "palette/")
    with CaptureQueriesContext(connection) as without:
        assert as_member.get(HOME + "palette/").status_code == 200
    rules(networks=["127.0.0.1/32"], session_hours=1, idle_minutes=15, domains=["example.com"])
    with django_assert_num_queries(len(without)):
        assert as_member.get(HOME + "palette/").status_code == 200


def test_the_page_asks_a_fixed_number_of_queries(as_owner: Client, django_assert_max_num_queries: Any) -> None:
    as_owner.get(PAGE)
    with django_assert_max_num_queries(14):
        assert as_owner.get(PAGE).status_code == 200
