"""The link of an invitation: good once, for a week, for one address; whatever is not good looks the same."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions import accept, add_member, change_role, hash_token, remove_member, resend, revoke, sign_up
from accounts.actions.invitation_answers import Answer
from accounts.actions.organizations import set_seats
from accounts.models import Invitation, Membership, Organization, Role, User
from accounts.policy import Access
from accounts.roles import write_access
from ledger.actor import Actor
from ledger.models import Action, AuditEvent, LeafBody
from tests.accounts.invitations.conftest import NEW, OPERATOR, Invite, newest_token, signed_in, tomorrow
from tests.conftest import PASSWORD
from tests.support.acting import acting as acting_as
from tests.support.factors import with_app
from tests.support.outbox import send_all
from tests.support.planted import planted_in

pytestmark = pytest.mark.django_db
FORM = {"email": NEW, "password": "a sentence works well"}
UNKNOWN = "x" * 43


def opened(client: Client, token: str) -> str:
    """Open a link and return the address of the page that it leads to."""
    answer = client.get(f"/invitations/{token}/")
    assert answer.status_code == 302
    return str(answer["Location"])


def is_member(organization: Organization, email: str = NEW) -> bool:
    user = User.objects.find_by_email(email)
    return user is not None and Membership.objects.filter(organization=organization, user=user).exists()


def test_who_has_an_account_signs_in_comes_back_and_joins(
    client: Client, token: str, nina: User, organization: Organization
) -> None:
    page = opened(client, token)
    assert organization.name in client.get(page).content.decode()
    answer = client.post(f"/sign-in/?next={page}", {"email": NEW, "password": PASSWORD})
    assert answer["Location"] == page
    assert not is_member(organization)
    assert client.post(page)["Location"] == "/o/llamas-of-lisbon/"
    assert acting_as(nina, organization).role is Role.VIEWER
    assert not Invitation.objects.exists()
    assert AuditEvent.objects.get(action=Action.INVITATION_ACCEPTED).actor == f"user:{nina.pk}"


def test_who_is_new_signs_up_in_the_browser_of_the_link_and_needs_no_other_proof(
    client: Client, token: str, organization: Organization
) -> None:
    page = opened(client, token)
    answer = client.post("/sign-up/", {**FORM, "email": NEW.upper(), "next": page})
    assert answer["Location"] == page
    assert client.post(page)["Location"] == "/o/llamas-of-lisbon/"
    assert is_member(organization)
    user = User.objects.find_by_email(NEW)
    assert user
    assert user.is_verified
    assert list(Organization.objects.visible_to(user)) == [organization]
    send_all()
    assert len(mail.outbox) == 1, "the invitation, and no verification"
    assert AuditEvent.objects.get(action=Action.EMAIL_VERIFIED).payload == {"by": "invitation"}


def test_a_link_proves_its_own_address_alone(client: Client, token: str) -> None:
    opened(client, token)
    answer = client.post("/sign-up/", {**FORM, "email": "somebody.else@joiners.example"})
    assert answer["Location"] == "/verify/"
    user = User.objects.find_by_email("somebody.else@joiners.example")
    assert user
    assert not user.is_verified


def test_a_link_opened_in_another_browser_proves_nothing_here(client: Client, token: str) -> None:
    opened(Client(), token)
    assert client.post("/sign-up/", FORM)["Location"] == "/verify/"


def test_a_session_that_somebody_planted_does_not_get_the_link(client: Client, token: str) -> None:
    attacker = planted_in(client)
    opened(client, token)
    assert attacker.post("/sign-up/", FORM)["Location"] == "/verify/"
    user = User.objects.find_by_email(NEW)
    assert user
    assert not user.is_verified


def test_an_account_that_somebody_opened_with_the_address_before_is_out(client: Client, token: str) -> None:
    sign_up(email=NEW, password="the password of an intruder")
    page = opened(client, token)
    assert client.post("/sign-up/", {**FORM, "next": page})["Location"] == page
    user = User.objects.find_by_email(NEW)
    assert user
    assert user.check_password(FORM["password"])


def test_signing_up_with_an_address_that_has_an_account_signs_nobody_in(client: Client, token: str, nina: User) -> None:
    page = opened(client, token)
    assert client.post("/sign-up/", {**FORM, "next": page})["Location"] == "/verify/"
    nina.refresh_from_db()
    assert nina.check_password(PASSWORD)
    assert "_auth_user_id" not in client.session


def test_an_invitation_skips_no_second_factor(client: Client, token: str, nina: User) -> None:
    with_app(nina)
    page = opened(client, token)
    client.post("/sign-in/", {"email": NEW, "password": PASSWORD, "next": page})
    assert client.post(page)["Location"].startswith("/sign-in/?next=")
    assert Invitation.objects.exists()


def test_what_is_not_good_gets_one_answer(
    token: str, nina: User, organization: Organization, owner: User, invitation: Invitation, outsider: User
) -> None:
    as_nina, as_otto = signed_in(nina), signed_in(outsider)
    page = opened(as_nina, token)
    answers = [
        as_nina.get(f"/invitations/{UNKNOWN}/"),  # unknown
        as_nina.get(f"/invitations/{UNKNOWN}/decline/"),
        as_nina.get(f"/invitations/{outsider.pk}/"),
        Client().get(page),  # not opened here
        Client().post(page),
    ]
    assert opened(as_otto, token) == page
    answers.append(as_otto.post(page))  # another's
    Invitation.objects.update(expires_at=timezone.now())
    answers += [as_nina.get(page), as_nina.post(page)]  # too old
    tomorrow()
    resend(Actor.user(owner.pk), invitation, owner)
    send_all()
    answers += [as_nina.get(page), as_nina.get(f"/invitations/{token}/")]  # there is a newer one
    page = opened(as_nina, newest_token())
    assert as_nina.post(page, follow=True).status_code == 200
    answers += [as_nina.get(page), as_nina.post(page), as_nina.get(f"/invitations/{newest_token()}/")]  # used
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_revoked_one_gets_the_same_answer(token: str, nina: User, invitation: Invitation) -> None:
    client = signed_in(nina)
    page, unknown = opened(client, token), client.get(f"/invitations/{UNKNOWN}/")
    assert revoke(OPERATOR, invitation)
    for answer in (client.get(page), client.post(page), client.get(f"/invitations/{token}/")):
        assert (answer.status_code, answer.content) == (404, unknown.content)


@pytest.mark.parametrize("change", ["demoted", "removed"])
def test_who_may_not_give_it_any_more_has_given_nothing(
    ask: Invite, admin: User, nina: User, organization: Organization, change: str
) -> None:
    ask(by=admin, role=Role.ADMIN)
    send_all()
    token = newest_token()
    membership = Membership.objects.get(user=admin)
    if change == "removed":
        remove_member(OPERATOR, membership=membership)
    else:
        change_role(OPERATOR, membership=membership, role=Role.DEVELOPER)
    client = signed_in(nina)
    assert client.post(opened(client, token)).status_code == 404
    assert not is_member(organization)
    assert Invitation.objects.get().voided_at
    assert AuditEvent.objects.filter(action=Action.INVITATION_VOIDED).count() == 1
    assert client.get(f"/invitations/{token}/").status_code == 404


def test_an_access_that_nobody_recorded_gives_nothing(nina: User, token: str, organization: Organization) -> None:
    invitation = Invitation.objects.get()
    invitation.access = write_access(Access(Role.OWNER), 1)
    invitation.save(update_fields=["access"])
    assert accept(nina, hash_token(token)) is Answer.NOTHING
    assert not is_member(organization)


def test_that_an_owner_gave_it_is_read_from_the_record_and_not_from_the_row(
    ask: Invite, admin: User, owner: User, nina: User, organization: Organization
) -> None:
    ask(by=admin)
    send_all()
    change_role(OPERATOR, membership=Membership.objects.get(user=admin), role=Role.VIEWER)
    Invitation.objects.update(invited_by=owner)
    assert accept(nina, hash_token(newest_token())) is Answer.NOTHING


def test_an_invitation_to_projects_gives_just_those(ask: Invite, nina: User, organization: Organization) -> None:
    project = organization.projects.get()
    ask(role=Role.DEVELOPER, projects={project.pk: Role.DEVELOPER})
    send_all()
    assert accept(nina, hash_token(newest_token())) is Answer.JOINED
    access = acting_as(nina, organization).access
    assert access == Access(Role.DEVELOPER, {project.pk: Role.DEVELOPER})


def test_a_member_who_accepts_keeps_their_role_and_the_invitation_is_over(
    token: str, nina: User, organization: Organization
) -> None:
    add_member(OPERATOR, organization=organization, user=nina, role=Role.ADMIN)
    assert accept(nina, hash_token(token)) is Answer.JOINED
    assert acting_as(nina, organization).role is Role.ADMIN
    assert not Invitation.objects.exists()


def test_without_a_seat_nobody_joins_and_the_invitation_stays(
    token: str, nina: User, organization: Organization
) -> None:
    set_seats(OPERATOR, organization=organization, seats=1)
    client = signed_in(nina)
    answer = client.post(opened(client, token))
    assert (answer.status_code, b"Every seat" in answer.content) == (409, True)
    assert not is_member(organization)
    set_seats(OPERATOR, organization=organization, seats=2)
    assert accept(nina, hash_token(token)) is Answer.JOINED


def test_looking_changes_nothing(client: Client, token: str) -> None:
    for _ in range(2):
        assert client.head(f"/invitations/{token}/").status_code == 200
        page = client.get(opened(client, token))
        assert (page.status_code, page["Cache-Control"].count("no-store")) == (200, 1)
        assert client.get(f"/invitations/{token}/decline/", follow=True).status_code == 200
    assert token not in page.content.decode()
    assert Invitation.objects.exists()


def test_a_no_needs_no_account_and_erases_the_address_at_once(client: Client, token: str) -> None:
    Invitation.objects.update(expires_at=timezone.now())  # also after the week
    page = client.get(f"/invitations/{token}/decline/")["Location"]
    assert b"Decline and erase" in client.get(page).content
    assert Invitation.objects.exists()
    assert b"Your address is erased" in client.post(page).content
    assert not Invitation.objects.exists()
    assert AuditEvent.objects.get(action=Action.INVITATION_DECLINED).actor == "system:invitation-link"
    assert LeafBody.objects.filter(purpose="erasure", actor="system:invitation-link").count() == 1
    assert client.post(page).status_code == 404


def test_an_answer_needs_the_token_of_its_own_page(token: str, nina: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(nina)
    page = opened(strict, token)
    for path in (page, f"{page}decline/"):
        assert strict.post(path).status_code == 403
    assert Invitation.objects.exists()


def test_many_links_are_kept_and_the_oldest_go(client: Client, ask: Invite) -> None:
    pages = []
    for number in range(7):
        ask(f"{number}@joiners.example")
        send_all()
        pages.append(opened(client, newest_token()))
    assert [client.get(page).status_code for page in pages] == [404] * 2 + [200] * 5


def test_accepting_opens_ones_own_address_for_oneself_and_the_inviters_role(
    token: str, nina: User, organization: Organization
) -> None:
    before: Any = LeafBody.objects.count()
    assert accept(nina, hash_token(token)) is Answer.JOINED
    leaves = LeafBody.objects.order_by("position")[before:]
    said = [(leaf.tenant == nina.pk, leaf.purpose, leaf.actor) for leaf in leaves]
    me = f"user:{nina.pk}"
    assert said == [
        (True, "own-account", me),
        (False, "authorization", me),  # what the invitation gives
        (False, "authorization", me),  # the inviter's role
        (False, "team-administration", me),  # the directory
    ]


def test_who_is_not_invited_voids_nothing(outsider: User, token: str) -> None:
    assert accept(outsider, hash_token(token)) is Answer.NOTHING
    assert Invitation.objects.get().voided_at is None
