"""The pages: for owners, admins and billing members of the organization, and no address stays anywhere else."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.actions import change_role
from accounts.models import BillingContact, Membership, Organization, Role, User
from ledger.models import AuditEvent, LeafBody
from notifications import fingerprints, suppressions
from notifications.models import Channel, OutboxMessage, Reason
from tests.accounts.billing_contacts.conftest import ADDRESS, OPERATOR, Add
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
URL = "/o/llamas-of-lisbon/billing-contacts/"
FORM = {"email": ADDRESS, "language": "de"}


def routes(contact: BillingContact) -> list[str]:
    return ["", "new/", f"{contact.pk}/removal/", f"{contact.pk}/question/"]


def answers(client: Client, url: str) -> list[Any]:
    """Return the answers to the methods that a route has."""
    looked = [] if url.endswith("question/") else [client.get(url)]
    return looked if url.endswith("billing-contacts/") else [*looked, client.post(url, FORM)]


def test_a_lower_role_is_refused_everywhere(as_member: Client, member: User, contact: BillingContact) -> None:
    membership = Membership.objects.get(user=member)
    for role in (Role.VIEWER, Role.DEVELOPER):
        change_role(OPERATOR, membership=membership, role=role)
        for route in routes(contact):
            assert {answer.status_code for answer in answers(as_member, URL + route)} == {403}, (role, route)
    assert BillingContact.objects.get() == contact
    assert OutboxMessage.objects.filter(recipient_id=contact.pk).count() == 1
    assert not LeafBody.objects.filter(text__contains="BillingContact").exists()


def test_a_foreign_organization_or_contact_is_like_a_missing_one(as_outsider: Client, contact: BillingContact) -> None:
    for route in routes(contact):
        assert {answer.status_code for answer in answers(as_outsider, URL + route)} == {404}, route
    for route in routes(contact)[2:]:
        foreign = answers(as_outsider, f"/o/outsiders/billing-contacts/{route}")
        missing = answers(as_outsider, f"/o/outsiders/billing-contacts/{uuid4()}{route[36:]}")
        assert {answer.status_code for answer in [*foreign, *missing]} == {404}
        assert [answer.content for answer in foreign] == [answer.content for answer in missing]
    assert BillingContact.objects.get() == contact


def test_a_visitor_is_sent_to_sign_in(client: Client, contact: BillingContact) -> None:
    for route in routes(contact):
        for answer in answers(client, URL + route):
            assert answer["Location"].startswith("/sign-in/"), route


@pytest.mark.parametrize("role", [Role.ADMIN, Role.BILLING])
def test_admins_and_billing_members_manage_contacts_too(
    as_member: Client, member: User, contact: BillingContact, role: Role
) -> None:
    change_role(OPERATOR, membership=Membership.objects.get(user=member), role=role)
    assert ADDRESS in as_member.get(URL).content.decode()


def test_the_owner_adds_asks_again_and_removes(as_owner: Client, owner: User) -> None:
    assert as_owner.post(URL + "new/", FORM)["Location"] == URL
    contact = BillingContact.objects.get()
    assert (contact.language, contact.time_zone, contact.created_by) == ("de", "UTC", owner)
    page = as_owner.get(URL)
    assert ADDRESS in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert as_owner.post(f"{URL}{contact.pk}/question/")["Location"] == URL
    assert OutboxMessage.objects.filter(recipient_id=contact.pk).count() == 2
    removal = f"{URL}{contact.pk}/removal/"
    assert ADDRESS in as_owner.get(removal).content.decode()
    assert BillingContact.objects.exists()
    assert as_owner.post(removal)["Location"] == URL
    assert not BillingContact.objects.exists()
    found = AuditEvent.objects.filter(action__startswith="billing-contact:").order_by("pk")
    assert [(event.action, event.actor) for event in found] == [
        (f"billing-contact:{what}", f"user:{owner.pk}") for what in ("added", "asked-again", "removed")
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "", "nobody", "a@b", "two@payers.example, three@payers.example", "a@payers.example\r\nBcc: b@payers.example",
        "a\n@payers.example", "a@payers.example\x00", f"{'x' * 250}@payers.example", "<a@payers.example>",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(as_owner: Client, wrong: str) -> None:
    page = as_owner.post(URL + "new/", {**FORM, "email": wrong})
    assert page.status_code == 422
    assert b"aria-invalid" in page.content
    assert not BillingContact.objects.exists()


def test_what_stands_in_the_way_is_said_at_the_field(as_owner: Client, add: Add) -> None:
    add()
    page = as_owner.post(URL + "new/", {**FORM, "email": ADDRESS.upper()})
    assert (page.status_code, page.context["form"].errors.keys()) == (422, {"email"})
    assert as_owner.post(URL + "new/", {**FORM, "language": "xx"}).status_code == 422
    for number in range(9):
        add(f"{number}@payers.example")
    page = as_owner.post(URL + "new/", {**FORM, "email": "more@payers.example"})
    assert (page.status_code, page.context["form"].errors.keys()) == (422, {"__all__"})
    assert URL + "new/" not in as_owner.get(URL).content.decode()


def test_asking_too_often_or_in_vain_is_said(as_owner: Client, contact: BillingContact, add: Add) -> None:
    for _ in range(5):
        answer = as_owner.post(f"{URL}{contact.pk}/question/", follow=True)
    assert "Try again tomorrow" in answer.content.decode()
    done = add("yes@payers.example", confirmed=True)
    assert "said yes already" in as_owner.post(f"{URL}{done.pk}/question/", follow=True).content.decode()


def test_each_state_is_shown(as_owner: Client, add: Add) -> None:
    def states() -> list[tuple[str, str]]:
        return [(row.state, row.note) for row in as_owner.get(URL).context["contacts"]]

    add()
    assert states() == [("Waiting", "The email is on its way")]
    send_all()
    assert states() == [("Waiting", "The link ends")]
    BillingContact.objects.update(token_expires_at="2026-01-01T00:00Z")
    assert states() == [("Waiting", "The link ended")]
    add("yes@payers.example", confirmed=True)
    suppressions.suppress(Channel.EMAIL, fingerprints.of_email(ADDRESS), Reason.BOUNCED)
    assert states() == [("Unreachable", "Mail came back, or was unwanted"), ("Confirmed", "")]


def test_addresses_open_once_a_page_for_who_looks_and_queries_do_not_grow(
    as_owner: Client, owner: User, organization: Organization, add: Add, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        add(f"{number}@payers.example")
    looks = LeafBody.objects.filter(
        tenant=organization.pk, purpose="team-administration", actor=f"user:{owner.pk}", text__contains="BillingContact"
    )
    with django_assert_max_num_queries(12):
        assert len(as_owner.get(URL).context["contacts"]) == 10
    assert looks.count() == 1


def test_an_empty_list_opens_nothing(as_owner: Client, organization: Organization) -> None:
    assert "No billing contacts yet" in as_owner.get(URL).content.decode()
    assert not LeafBody.objects.filter(text__contains="BillingContact").exists()
