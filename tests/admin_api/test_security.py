"""Programs read and set the security rules, and shut out neither themselves nor whoever made them."""

from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Organization, SecuritySettings, User
from keys.models import AdminKey
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.admin_api.conftest import Caller, program
from tests.support.factors import with_app

pytestmark = pytest.mark.django_db
NONE = {"second_factor": False, "domains": [], "networks": [], "session_hours": None, "idle_minutes": None}


def test_what_is_named_changes_and_the_rest_stays(olivia: Caller, organization: Organization) -> None:
    assert olivia.ask("security/").json() == NONE
    olivia.change("security/", {"domains": ["b.example", "a.example", "b.example"], "session_hours": 8})
    changed = olivia.change("security/", {"idle_minutes": 30, "session_hours": None}).json()
    assert changed == NONE | {"domains": ["a.example", "b.example"], "idle_minutes": 30}
    assert olivia.ask("security/").json() == changed
    events = AuditEvent.objects.filter(action=Action.SECURITY_CHANGED).order_by("pk")
    assert {event.actor for event in events} == {str(Actor.key(AdminKey.objects.get().pk))}
    assert events[1].payload == {
        "before_session_hours": 8,
        "after_session_hours": None,
        "before_idle_minutes": None,
        "after_idle_minutes": 30,
    }


def test_what_is_as_before_is_no_change(olivia: Caller) -> None:
    for body in ({}, {"domains": []}, {"second_factor": False}):
        assert olivia.change("security/", body).json() == NONE
    assert not AuditEvent.objects.filter(action=Action.SECURITY_CHANGED).exists()


def test_a_key_does_not_shut_out_whoever_made_it(olivia: Caller, owner: User) -> None:
    assert olivia.change("security/", {"second_factor": True}).status_code == 409
    with_app(owner)
    assert olivia.change("security/", {"second_factor": True}).json()["second_factor"] is True
    assert olivia.change("security/", {"session_hours": 1}).json()["second_factor"] is True


def test_a_key_of_the_operator_asks_for_nobodys_factor(organization: Organization) -> None:
    assert program(organization, None).change("security/", {"second_factor": True}).status_code == 200
    call_command("lift_security_rule", "second-factor", organization=organization.slug)
    assert not SecuritySettings.objects.get().second_factor


def test_a_key_does_not_shut_out_itself(olivia: Caller) -> None:
    assert olivia.change("security/", {"networks": ["198.51.100.0/24"]}).status_code == 409
    changed = olivia.change("security/", {"networks": ["198.51.100.0/24", "127.0.0.1"]})
    assert changed.json()["networks"] == ["127.0.0.1/32", "198.51.100.0/24"]
    assert olivia.get("/api/v1/security/", REMOTE_ADDR="203.0.113.9").status_code == 403


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"second_factor": "true"}, 400),
        ({"second_factor": 1}, 400),
        ({"session_hours": "8"}, 400),
        ({"session_hours": 2}, 400),
        ({"session_hours": True}, 400),
        ({"idle_minutes": 1.5}, 400),
        ({"domains": "example.com"}, 400),
        ({"domains": ["Example.com"]}, 400),
        ({"domains": ["example"]}, 400),
        ({"domains": [f"d{number}.example" for number in range(51)]}, 400),
        ({"networks": [7]}, 400),
        ({"organization": "x"}, 400),
        ({"domains": ["xn--a.example"]}, 409),
        ({"networks": ["anywhere"]}, 409),
        ({"networks": ["127.0.0.1 "]}, 409),
        ({"networks": ["127.0.0.1/8"]}, 409),
        ({"networks": ["::ffff:127.0.0.1"]}, 409),
    ],
)
def test_what_is_no_rule_changes_nothing(olivia: Caller, wrong: dict[str, Any], status: int) -> None:
    assert olivia.change("security/", wrong).status_code == status
    assert not SecuritySettings.objects.exists()


def test_a_number_may_be_written_with_a_point(olivia: Caller) -> None:
    assert olivia.change("security/", {"session_hours": 8.0}).json()["session_hours"] == 8
    assert SecuritySettings.objects.get().session_hours == 8
