"""The operators' pages are there for operators alone."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import change_role, make_operator, remove_operator
from accounts.models import Membership, Organization, Role, User
from catalog.models import Model
from ledger.actor import Actor
from llama_console.views.staff.urls import urlpatterns
from notifications.models import OutboxMessage, Reason, Suppression
from notifications.suppressions import suppress
from tests.staff.conftest import letter

pytestmark = pytest.mark.django_db
PAGES = [f"/staff/{pattern.pattern}".replace("<model:model>", "llama") for pattern in urlpatterns]
OPERATOR = Actor.operator()
_POSTED = ("requeuing/", "search/", "lifting/", "reconciling/", "retrying/", "replaying/")  # and never looked at


@pytest.fixture
def something_to_change() -> None:
    letter()
    suppress("email", "0" * 64, Reason.BOUNCED)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("something_to_change")
def test_everybody_but_operators_gets_what_a_missing_page_answers(
    as_owner: Client, as_member: Client, as_outsider: Client, path: str
) -> None:
    for client in (as_owner, as_member, as_outsider):
        missing = client.get("/staff/no-such-page/")
        for answer in (client.get(path), client.post(path, {"id": "x"}), client.put(path)):
            assert (answer.status_code, answer.content) == (404, missing.content), path
    assert OutboxMessage.objects.dead().count() == Suppression.objects.count() == 1


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_is_sent_to_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer["Location"] == f"{reverse('accounts:sign_in')}?next={path}"
    assert client.post(path)["Location"].startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("path", PAGES)
def test_an_operator_gets_each_page(as_operator: Client, path: str) -> None:
    Model.objects.create(name="llama", title="Llama")
    answer = as_operator.get(path, follow=True)
    assert answer.status_code == (405 if path.endswith(_POSTED) else 200)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["dead-letters/requeuing/", "dead-letters/requeuing/all/", "suppressions/search/"])
def test_what_changes_something_needs_a_token_of_ours(operator: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    letter()
    assert client.post(f"/staff/{path}").status_code == 403
    assert OutboxMessage.objects.dead().count() == 1


def test_the_owner_of_an_organization_is_no_operator_by_that(
    as_member: Client, member: User, organization: Organization
) -> None:
    change_role(OPERATOR, membership=Membership.objects.get(user=member), role=Role.OWNER)
    assert as_member.get("/staff/messages/").status_code == 404


def test_an_operator_gets_into_no_organization_by_that(as_operator: Client, organization: Organization) -> None:
    assert as_operator.get(f"/o/{organization.slug}/").status_code == 404


def test_who_is_dismissed_is_out_with_the_next_request(as_operator: Client, operator: User) -> None:
    assert as_operator.get("/staff/messages/").status_code == 200
    remove_operator(OPERATOR, user=operator)
    assert as_operator.get("/staff/messages/").status_code == 404


def test_the_account_menu_leads_operators_alone_to_their_pages(
    as_owner: Client, owner: User, organization: Organization
) -> None:
    home = f"/o/{organization.slug}/"
    assert "/staff/" not in as_owner.get(home).content.decode()
    make_operator(OPERATOR, user=owner)
    assert 'href="/staff/"' in as_owner.get(home).content.decode()


def test_the_pages_say_where_one_is_and_lead_back(as_operator: Client) -> None:
    page = as_operator.get("/staff/messages/").content.decode()
    assert 'class="place"' in page
    assert 'href="/">Back to the console' in page
    current = [
        item["label"]
        for group in as_operator.get("/staff/dead-letters/").context["nav"]
        for item in group["items"]
        if item["current"]
    ]
    assert current == ["Dead letters"]
