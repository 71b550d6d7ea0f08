"""The pages of invitations: for owners and admins, and no address stays anywhere else."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import change_role, invite
from accounts.actions.invitations import Offer
from accounts.models import Invitation, Membership, Organization, Role, User
from accounts.policy import Access
from ledger.models import AuditEvent, LeafBody
from notifications import fingerprints, suppressions
from notifications.models import Channel, OutboxMessage, Reason
from tests.accounts.invitations.conftest import NEW, OPERATOR, Invite, signed_in, tomorrow
from tests.conftest import MIRA
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
URL = "/o/llamas-of-lisbon/members/invitations/"
FORM = {"addresses": NEW, "role": "viewer", "reach": "every", "language": "de"}


def routes(invitation: Invitation) -> list[str]:
    return ["", "new/", f"{invitation.pk}/resending/", f"{invitation.pk}/revocation/"]


def answers(client: Client, url: str) -> list[Any]:
    looked = [client.get(url)]
    return looked if url.endswith("invitations/") else [*looked, client.post(url, FORM)]


def test_a_lower_role_is_refused_everywhere(as_member: Client, member: User, invitation: Invitation) -> None:
    membership = Membership.objects.get(user=member)
    for role in (Role.VIEWER, Role.DEVELOPER, Role.BILLING):
        change_role(OPERATOR, membership=membership, role=role)
        for route in routes(invitation):
            assert {answer.status_code for answer in answers(as_member, URL + route)} == {403}, (role, route)
    assert Invitation.objects.get() == invitation
    assert OutboxMessage.objects.filter(recipient_id=invitation.pk).count() == 1
    assert not LeafBody.objects.filter(text__contains="Invitation.email").exists()


def test_a_foreign_organization_or_invitation_is_like_a_missing_one(
    as_outsider: Client, invitation: Invitation
) -> None:
    for route in routes(invitation):
        assert {answer.status_code for answer in answers(as_outsider, URL + route)} == {404}, route
    for route in routes(invitation)[2:]:
        foreign = answers(as_outsider, f"/o/outsiders/members/invitations/{route}")
        missing = answers(as_outsider, f"/o/outsiders/members/invitations/{uuid4()}{route[36:]}")
        assert {answer.status_code for answer in [*foreign, *missing]} == {404}
        assert [answer.content for answer in foreign] == [answer.content for answer in missing]
    assert Invitation.objects.get() == invitation


def test_a_visitor_is_sent_to_sign_in(client: Client, invitation: Invitation) -> None:
    for route in routes(invitation):
        for answer in answers(client, URL + route):
            assert answer["Location"].startswith("/sign-in/"), route


def test_to_invite_resend_or_revoke_one_shows_who_one_is(owner: User, invitation: Invitation) -> None:
    client = Client()
    client.force_login(owner)
    assert client.get(URL).status_code == 200
    for route in routes(invitation)[1:]:
        for answer in answers(client, URL + route):
            assert answer["Location"].startswith("/account/confirm/?next="), route
    assert Invitation.objects.get() == invitation


def test_the_owner_invites_resends_and_revokes(as_owner: Client, owner: User) -> None:
    page = as_owner.post(f"{URL}new/", FORM)
    assert (page.status_code, page.context["count"], "no-store" in page["Cache-Control"]) == (200, 1, True)
    invitation = Invitation.objects.get()
    assert (invitation.language, invitation.invited_by) == ("de", owner)
    assert NEW in as_owner.get(URL).content.decode()
    tomorrow()
    resending = f"{URL}{invitation.pk}/resending/"
    assert NEW in as_owner.get(resending).content.decode()
    assert as_owner.post(resending)["Location"] == URL
    assert "Had an invitation today" in as_owner.post(resending, follow=True).content.decode()
    revocation = f"{URL}{invitation.pk}/revocation/"
    assert NEW in as_owner.get(revocation).content.decode()
    assert as_owner.post(revocation)["Location"] == URL
    assert not Invitation.objects.exists()
    found = AuditEvent.objects.filter(target=str(invitation.pk)).order_by("pk")
    assert [(event.action, event.actor) for event in found] == [
        (action, f"user:{owner.pk}") for action in ("member:invited", "invitation:resent", "invitation:revoked")
    ]


def test_each_line_has_its_verdict(as_owner: Client, member: User) -> None:
    text = f"Nina <{NEW}>, {MIRA.email}\nnobody\r\n{NEW.lower()}"
    page = as_owner.post(f"{URL}new/", {**FORM, "addresses": text})
    verdicts = {(row["text"], row["verdict"]) for row in page.context["rows"]}
    assert verdicts == {
        (NEW, "Invited"),
        (NEW.lower(), "Invited"),
        (MIRA.email, "Is a member already"),
        ("nobody", "Is no email address"),
    }
    assert Invitation.objects.count() == 1


def test_who_stands_in_the_list_twice_counts_once(as_owner: Client, member: User) -> None:
    text = f"{NEW}, {NEW.lower()}\n{NEW}, other@joiners.example, nobody, {MIRA.email}"
    page = as_owner.post(f"{URL}new/", {**FORM, "addresses": text})
    assert (page.context["count"], page.context["left_out"]) == (2, 2)
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"addresses": ""},
        {"addresses": " ,\n; "},
        {"addresses": ",".join(f"{number}@joiners.example" for number in range(101))},
        {"role": ""},
        {"role": "emperor"},
        {"reach": "some"},
        {"reach": "some", "role": "admin", "projects": "own"},
        {"reach": "some", "projects": "foreign"},
        {"reach": "some", "projects": "x"},
        {"language": "xx"},
    ],
)
def test_what_can_not_be_is_refused_and_nobody_invited(
    as_owner: Client, organization: Organization, outsider: User, wrong: dict[str, str]
) -> None:
    foreign = Organization.objects.visible_to(outsider).get().projects.get()
    ids = {"own": str(organization.projects.get().pk), "foreign": str(foreign.pk)}
    changed = {name: ids.get(value, value) for name, value in wrong.items()}
    page = as_owner.post(f"{URL}new/", {**FORM, **changed})
    assert page.status_code == 422
    assert not Invitation.objects.exists()


def test_fields_that_are_none_of_the_form_change_nothing(as_owner: Client, organization: Organization) -> None:
    more = {"organization": str(uuid4()), "is_staff": "1", "invited_by": str(uuid4()), "seats": "1"}
    as_owner.post(f"{URL}new/", FORM | more)
    assert Invitation.objects.get().organization == organization


def test_an_admin_is_not_offered_the_owners_role_and_can_not_give_it(admin: User) -> None:
    client = signed_in(admin)
    page = client.get(f"{URL}new/")
    assert [role["value"] for role in page.context["form"].roles] == ["viewer", "billing", "developer", "admin"]
    assert client.post(f"{URL}new/", {**FORM, "role": "owner"}).status_code == 422
    assert not Invitation.objects.exists()


def test_projects_are_chosen_once_for_all(as_owner: Client, organization: Organization) -> None:
    project = organization.projects.get()
    more = {"role": "developer", "reach": "some", "projects": str(project.pk)}
    as_owner.post(f"{URL}new/", {**FORM, **more})
    (row,) = as_owner.get(URL).context["invitations"]
    assert (row.role, row.projects) == ("Developer", project.name)


def test_each_state_is_shown(as_owner: Client, ask: Invite) -> None:
    def state() -> str:
        return str(as_owner.get(URL).context["invitations"][0].state)

    ask()
    assert state() == "Waiting"
    send_all()
    assert state() == "Sent"
    OutboxMessage.objects.update(failed_at=timezone.now())
    assert state() == "Not delivered"
    OutboxMessage.objects.update(failed_at=None)
    suppressions.suppress(Channel.EMAIL, fingerprints.of_email(NEW), Reason.BOUNCED)
    assert state() == "Not delivered"
    Invitation.objects.update(expires_at=timezone.now())
    assert state() == "Expired"
    Invitation.objects.update(voided_at=timezone.now())
    assert state() == "Void"


def test_addresses_open_once_a_page_and_queries_do_not_grow(
    as_owner: Client, owner: User, organization: Organization, django_assert_max_num_queries: Any
) -> None:
    offer = Offer(Access(Role.VIEWER), "en", owner)
    addresses = [f"{number}@joiners.example" for number in range(60)]
    invite(OPERATOR, organization=organization, addresses=addresses, offer=offer)
    as_owner.get(URL)
    looks = LeafBody.objects.filter(text__contains="Invitation.email", purpose="team-administration")
    before = looks.count()
    with django_assert_max_num_queries(12):
        assert len(as_owner.get(URL).context["invitations"]) == 50
    assert looks.count() == before + 1
    assert len(as_owner.get(f"{URL}?page=2").context["invitations"]) == 10


def test_an_empty_list_opens_nothing(as_owner: Client) -> None:
    assert "No open invitations" in as_owner.get(URL).content.decode()
    assert not LeafBody.objects.filter(text__contains="Invitation").exists()
