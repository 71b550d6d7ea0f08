"""Programs invite: as many as people do, and for as long as the key and its maker could do it again."""

from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection

from accounts.actions import accept, change_role, hash_token, remove_member, resend
from accounts.actions.invitation_answers import Answer
from accounts.actions.organizations import set_seats
from accounts.models import Invitation, Organization, Project, Role, SecuritySettings, User
from accounts.policy import Access, Permission
from keys.admin.actions import revoke_admin_key
from keys.models import AdminKey
from ledger.actor import Actor
from ledger.models import Action, AuditEvent, LeafBody, LeafType
from notifications.models import OutboxMessage
from tests.accounts.invitations.conftest import newest_token, tomorrow
from tests.admin_api.conftest import Caller, program
from tests.conftest import person
from tests.support.acting import acting as acting_as
from tests.support.flush import without_guards
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
NINA = "nina@joiners.example"
BODY = {"emails": [NINA], "role": "developer"}


@pytest.fixture
def nina(db: None) -> User:
    return person(NINA, name="Nina New")


@pytest.fixture
def admin(organization: Organization, member: User) -> User:
    change_role(OPERATOR, membership=organization.memberships.get(user=member), role=Role.ADMIN)
    return member


def answered(nina: User) -> Answer:
    """Send what waits and let the invited accept the newest link."""
    send_all()
    return accept(nina, hash_token(newest_token()))


def test_a_program_invites_many_and_hears_of_each(olivia: Caller, member: User, organization: Organization) -> None:
    first = olivia.make("invitations/", {**BODY, "language": "de"}).json()["data"]
    answer = olivia.make("invitations/", {**BODY, "emails": ["Mira@example.com", NINA, "ned@joiners.example"]})
    assert answer.status_code == 200
    shown = [(each["email"], each["verdict"]) for each in answer.json()["data"]]
    assert shown == [("Mira@example.com", "member"), (NINA, "already"), ("ned@joiners.example", "invited")]
    nobody, nina, ned = (each["invitation_id"] for each in answer.json()["data"])
    assert (nobody, nina) == (None, first[0]["invitation_id"])
    assert olivia.ask(f"invitations/{ned}/").json()["email"] == "ned@joiners.example"
    assert Invitation.objects.get(pk=nina).language == "de"
    events = AuditEvent.objects.filter(action=Action.MEMBER_INVITED)
    assert {event.actor for event in events} == {str(Actor.key(AdminKey.objects.get().pk))}


def test_to_invite_opens_no_address(olivia: Caller) -> None:
    before = LeafBody.objects.count()
    olivia.make("invitations/", BODY)
    leaves = LeafBody.objects.filter(type=LeafType.OPENING, position__gte=before)
    assert {leaf.purpose for leaf in leaves} == {"authorization"}


def test_a_seen_invitation_is_opened_for_the_key(olivia: Caller, owner: User) -> None:
    pk = olivia.make("invitations/", BODY).json()["data"][0]["invitation_id"]
    before = LeafBody.objects.count()
    shown = olivia.ask(f"invitations/{pk}/").json()
    assert (shown["email"], shown["role"], shown["invited_by"]) == (NINA, "developer", str(owner.pk))
    leaf = LeafBody.objects.get(purpose="team-administration", position__gte=before)
    assert leaf.actor == str(Actor.key(AdminKey.objects.get().pk))


def test_who_is_invited_by_a_program_joins(
    olivia: Caller, nina: User, organization: Organization, project: Project
) -> None:
    limited = [{"project_id": str(project.pk), "role": "viewer"}]
    olivia.make("invitations/", {**BODY, "projects": limited})
    assert answered(nina) is Answer.JOINED
    assert acting_as(nina, organization).access == Access(Role.DEVELOPER, {project.pk: Role.VIEWER})


def test_a_key_of_the_operator_invites_even_an_owner(organization: Organization, nina: User) -> None:
    key = program(organization, None)
    assert key.make("invitations/", {**BODY, "role": "owner"}).json()["data"][0]["verdict"] == "invited"
    assert key.ask("invitations/").json()["data"][0]["invited_by"] is None
    assert answered(nina) is Answer.JOINED
    assert acting_as(nina, organization).role is Role.OWNER


def test_a_revoked_key_takes_its_invitations_along(olivia: Caller, nina: User, organization: Organization) -> None:
    olivia.make("invitations/", BODY)
    send_all()
    revoke_admin_key(OPERATOR, AdminKey.objects.get())
    assert accept(nina, hash_token(newest_token())) is Answer.NOTHING
    assert Invitation.objects.get().voided_at
    assert not organization.memberships.filter(user=nina).exists()


@pytest.mark.parametrize("end", ["expired", "scope", "demoted", "removed", "inactive"])
def test_what_the_key_could_not_do_now_it_did_not_do(
    organization: Organization, admin: User, nina: User, end: str
) -> None:
    program(organization, admin).make("invitations/", BODY)
    send_all()
    membership, keys = organization.memberships.get(user=admin), AdminKey.objects.all()
    match end:
        case "expired":
            keys.update(expires_at=keys.get().created_at)
        case "scope":
            keys.update(scopes=[Permission.VIEW_MEMBERS])
        case "demoted":
            change_role(OPERATOR, membership=membership, role=Role.DEVELOPER)
        case "removed":
            remove_member(OPERATOR, membership=membership)
        case "inactive":
            User.objects.filter(pk=admin.pk).update(is_active=False)
    assert accept(nina, hash_token(newest_token())) is Answer.NOTHING
    assert not organization.memberships.filter(user=nina).exists()


def test_a_letter_that_the_key_could_not_send_now_is_not_sent(olivia: Caller) -> None:
    olivia.make("invitations/", BODY)
    revoke_admin_key(OPERATOR, AdminKey.objects.get())
    send_all()
    assert NINA not in {to for letter in mail.outbox for to in letter.to}
    assert Invitation.objects.get().voided_at


@pytest.mark.parametrize("makes", ["a person", "the operator"])
def test_a_key_of_another_organization_stands_for_nothing_here(
    olivia: Caller, outsider: User, nina: User, makes: str
) -> None:
    program(Organization.objects.get(slug="outsiders"), outsider if makes == "a person" else None)
    olivia.make("invitations/", BODY)
    send_all()
    theirs = AdminKey.objects.get(organization__slug="outsiders")
    with without_guards(connection):
        AuditEvent.objects.filter(action=Action.MEMBER_INVITED).update(actor=str(Actor.key(theirs.pk)))
    assert accept(nina, hash_token(newest_token())) is Answer.NOTHING


def test_who_sends_again_stands_for_it(olivia: Caller, owner: User, nina: User) -> None:
    olivia.make("invitations/", BODY)
    revoke_admin_key(OPERATOR, AdminKey.objects.get())
    tomorrow()
    resend(Actor.user(owner.pk), Invitation.objects.get(), owner)
    assert answered(nina) is Answer.JOINED


def test_a_key_gives_no_more_than_its_maker_may(organization: Organization, admin: User, owner: User) -> None:
    key = program(organization, admin)
    refused = key.make("invitations/", {**BODY, "role": "owner"})
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    made = program(organization, owner).make("invitations/", {**BODY, "role": "owner"}).json()["data"][0]
    tomorrow()
    assert key.make(f"invitations/{made['invitation_id']}/resending/").status_code == 403
    assert key.delete(f"/api/v1/invitations/{made['invitation_id']}/").status_code == 403
    assert Invitation.objects.count() == 1


def test_the_same_request_again_sends_no_second_letter(olivia: Caller) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    body = {**BODY, "emails": [NINA, "ned@joiners.example"]}
    first, second = (olivia.make("invitations/", body, **headers) for _ in range(2))
    assert second["Idempotency-Replayed"] == "true"
    assert {each["verdict"] for each in first.json()["data"]} == {"invited"}
    assert {each["verdict"] for each in second.json()["data"]} == {"already"}
    assert OutboxMessage.objects.filter(kind="invitation").count() == 2
    olivia.delete(f"/api/v1/invitations/{first.json()['data'][0]['invitation_id']}/")
    over = olivia.make("invitations/", body, **headers).json()["data"][0]
    assert over == {"email": NINA, "verdict": None, "invitation_id": None}


def test_it_is_sent_again_and_taken_back(olivia: Caller) -> None:
    pk = olivia.make("invitations/", BODY).json()["data"][0]["invitation_id"]
    path, once = f"invitations/{pk}/", {"Idempotency-Key": str(uuid4())}
    assert olivia.make(f"{path}resending/").status_code == 409  # one letter a day
    tomorrow()
    sent, again = (olivia.make(f"{path}resending/", **once) for _ in range(2))
    assert (sent.status_code, sent.json()) == (202, again.json())
    assert AuditEvent.objects.filter(action=Action.INVITATION_RESENT, target=pk).count() == 1
    assert olivia.delete(f"/api/v1/{path}").status_code == 204
    assert olivia.ask(path).status_code == olivia.delete(f"/api/v1/{path}").status_code == 404
    assert olivia.make(f"{path}resending/").status_code == 404
    assert not Invitation.objects.exists()


def test_seats_and_domains_hold_for_programs(olivia: Caller, organization: Organization) -> None:
    SecuritySettings.objects.create(organization=organization, domains=["joiners.example"])
    set_seats(OPERATOR, organization=organization, seats=2)
    body = {**BODY, "emails": ["a@elsewhere.example", NINA, "ned@joiners.example"]}
    verdicts = [each["verdict"] for each in olivia.make("invitations/", body).json()["data"]]
    assert verdicts == ["domain", "invited", "no-seat"]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"emails": []}, 400),
        ({"emails": ["no address"]}, 400),
        ({"emails": [f"a{number}@example.com" for number in range(101)]}, 400),
        ({"emails": [NINA, None]}, 400),
        ({"role": "king"}, 400),
        ({"language": "xx"}, 400),
        ({"organization": str(uuid4())}, 400),
        ({"projects": [{"project_id": str(uuid4()), "role": "viewer"}]}, 409),
        ({"role": "admin", "projects": []}, 409),
    ],
)
def test_what_is_no_invitation_invites_nobody_and_is_not_repeated(
    olivia: Caller, wrong: dict[str, Any], status: int
) -> None:
    answer = olivia.make("invitations/", BODY | wrong)
    assert answer.status_code == status
    assert "no address" not in answer.content.decode()
    assert not Invitation.objects.exists()


def test_a_foreign_project_answers_like_one_that_is_not_there(olivia: Caller, otto: Caller) -> None:
    theirs = otto.ask("projects/").json()["data"][0]["id"]
    answers = [
        olivia.make("invitations/", {**BODY, "projects": [{"project_id": pk, "role": "viewer"}]}).json()
        for pk in (theirs, str(uuid4()))
    ]
    assert answers[0] | {"instance": ""} == answers[1] | {"instance": ""}
