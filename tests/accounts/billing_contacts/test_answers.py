"""The link in the question: good once, for a week, without an account; whatever is not good looks the same."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import ask_again, confirm_contact, refuse_contact
from accounts.actions.billing_contacts import LIFETIME
from accounts.models import BillingContact
from ledger.models import AuditEvent
from notifications.models import OutboxMessage
from tests.accounts.billing_contacts.conftest import OPERATOR, newest_token
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
UNKNOWN = "x" * 43


def url(token: str, refusal: str = "") -> str:
    return f"/contacts/{token}/{refusal}"


def test_looking_changes_nothing_and_a_button_says_yes(client: Client, contact: BillingContact, token: str) -> None:
    for _ in range(2):
        page = client.get(url(token))
        assert (page.status_code, page["Cache-Control"].count("no-store")) == (200, 1)
        assert b"Llamas of Lisbon" in page.content
        assert client.head(url(token)).status_code == 200
    contact.refresh_from_db()
    assert contact.confirmed_at is None
    assert b"You are a billing contact" in client.post(url(token)).content
    contact.refresh_from_db()
    assert contact.confirmed_at
    event = AuditEvent.objects.get(action="billing-contact:confirmed")
    assert (event.actor, event.target) == ("system:contact-link", str(contact.pk))


def test_a_link_that_is_not_good_gets_one_answer(client: Client, contact: BillingContact, token: str) -> None:
    answers = [client.get(url(UNKNOWN)), client.post(url(UNKNOWN))]
    answers += [client.get(url(UNKNOWN, "refusal/")), client.post(url(UNKNOWN, "refusal/"))]
    client.post(url(token))
    answers += [client.get(url(token)), client.post(url(token))]  # used
    BillingContact.objects.update(confirmed_at=None)
    assert client.get(url(token)).status_code == 200
    BillingContact.objects.update(token_expires_at=timezone.now())
    answers += [client.get(url(token)), client.post(url(token))]  # too old
    client.post(url(token, "refusal/"))
    answers += [client.get(url(token)), client.post(url(token, "refusal/"))]  # erased
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_newer_link_ends_the_older_one(client: Client, contact: BillingContact, token: str) -> None:
    ask_again(OPERATOR, contact)
    send_all()
    for refusal in ("", "refusal/"):
        assert client.post(url(token, refusal)).status_code == 404
        assert client.get(url(newest_token(), refusal)).status_code == 200
    assert BillingContact.objects.get().confirmed_at is None


def test_a_link_is_good_for_a_week(contact: BillingContact, token: str) -> None:
    contact.refresh_from_db()
    assert contact.token_expires_at
    assert abs(contact.token_expires_at - timezone.now() - LIFETIME) < timedelta(minutes=1)
    assert timedelta(days=7) == LIFETIME


def test_a_no_erases_the_address_at_once(client: Client, contact: BillingContact, token: str) -> None:
    ask_again(OPERATOR, contact)
    assert client.get(url(token, "refusal/")).status_code == 200
    assert BillingContact.objects.exists()
    assert b"Your address is erased" in client.post(url(token, "refusal/")).content
    assert not BillingContact.objects.exists()
    assert not OutboxMessage.objects.filter(sent_at=None).exists()
    assert AuditEvent.objects.get(action="billing-contact:refused").actor == "system:contact-link"


@pytest.mark.parametrize("late", ["confirmed", "expired"])
def test_a_no_counts_after_a_yes_and_after_the_week_as_well(contact: BillingContact, token: str, late: str) -> None:
    if late == "confirmed":
        assert confirm_contact(token)
    BillingContact.objects.update(token_expires_at=timezone.now())
    assert refuse_contact(token)
    assert not BillingContact.objects.exists()


def test_an_answer_needs_the_token_of_its_own_page(token: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    for refusal in ("", "refusal/"):
        assert strict.post(url(token, refusal)).status_code == 403
    assert BillingContact.objects.get().confirmed_at is None
