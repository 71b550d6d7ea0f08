"""Programs give several members one role: all of them, or none if it can't be given to one."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.actions import add_member, change_role
from accounts.entries import Contact
from accounts.models import Organization, Project, Role, User
from accounts.roles import roles_of
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from notifications.models import OutboxMessage
from tests.admin_api.conftest import Caller, program
from tests.conftest import person

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
PATH = "members/roles/"


@pytest.fixture
def several(organization: Organization, member: User) -> list[str]:
    ned = person("ned@example.com", name="Ned")
    contact = Contact("Ned", "ned@example.com")
    add_member(OPERATOR, organization=organization, user=ned, role=Role.BILLING, contact=contact)
    return [str(member.pk), str(ned.pk)]


def roles(organization: Organization) -> list[str]:
    return sorted(role.value for role in roles_of(OPERATOR, organization).values())


def test_several_get_one_role_and_are_told(
    olivia: Caller, organization: Organization, project: Project, several: list[str]
) -> None:
    limited = [{"project_id": str(project.pk), "role": "viewer"}]
    answer = olivia.make(PATH, {"members": several, "role": "developer", "projects": limited})
    shown = answer.json()["data"]
    assert answer.status_code == 200
    assert [each["id"] for each in shown] == several
    assert {(each["role"], str(each["projects"])) for each in shown} == {("developer", str(limited))}
    assert roles(organization) == ["developer", "developer", "owner"]
    assert OutboxMessage.objects.filter(kind="role-changed").count() == 2


def test_the_same_request_again_changes_nothing(olivia: Caller, several: list[str], organization: Organization) -> None:
    once, body = {"Idempotency-Key": str(uuid4())}, {"members": several, "role": "admin"}
    first = olivia.make(PATH, body, **once).json()
    change_role(OPERATOR, membership=organization.memberships.get(user=several[0]), role=Role.VIEWER)
    again = olivia.make(PATH, body, **once)
    assert again["Idempotency-Replayed"] == "true"
    assert [each["role"] for each in first["data"]] == ["admin", "admin"]
    assert [each["role"] for each in again.json()["data"]] == ["viewer", "admin"]


def test_nobody_changes_where_one_is_not_the_keys_to_change(
    organization: Organization, owner: User, several: list[str]
) -> None:
    change_role(OPERATOR, membership=organization.memberships.get(user=several[0]), role=Role.ADMIN)
    key, before = program(organization, User.objects.get(pk=several[0])), roles(organization)
    assert key.make(PATH, {"members": [several[1], str(owner.pk)], "role": "viewer"}).status_code == 403
    assert key.make(PATH, {"members": several, "role": "owner"}).status_code == 403
    assert roles(organization) == before


def test_an_owner_is_left(olivia: Caller, organization: Organization, owner: User, several: list[str]) -> None:
    assert olivia.make(PATH, {"members": [*several, str(owner.pk)], "role": "viewer"}).status_code == 409
    assert roles(organization) == ["billing", "owner", "viewer"]


def test_a_foreign_person_among_them_answers_like_nobody(
    olivia: Caller, outsider: User, organization: Organization, several: list[str]
) -> None:
    for others in (several, []):
        answers = [olivia.make(PATH, {"members": [*others, str(pk)], "role": "admin"}) for pk in (outsider.pk, uuid4())]
        assert {answer.status_code for answer in answers} == {404}
    assert roles(organization) == ["billing", "owner", "viewer"]
    assert not AuditEvent.objects.filter(action=Action.MEMBER_ROLE_CHANGED).exists()


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"members": []}, 400),
        ({"members": ["x"]}, 400),
        ({"members": [str(uuid4()) for _ in range(51)]}, 400),
        ({"role": None}, 400),
        ({"role": "admin", "projects": []}, 409),
        ({"projects": [{"project_id": str(uuid4()), "role": "viewer"}]}, 409),
    ],
)
def test_what_no_role_can_be_is_given_to_nobody(
    olivia: Caller, organization: Organization, several: list[str], wrong: dict[str, Any], status: int
) -> None:
    assert olivia.make(PATH, {"members": several, "role": "developer"} | wrong).status_code == status
    assert roles(organization) == ["billing", "owner", "viewer"]
