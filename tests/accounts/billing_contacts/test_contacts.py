"""Contacts: who is one, who becomes one twice, and what goes to them before and after they say yes."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts.actions import add_contact, ask_again, confirm_contact, erase_organization, remove_contact
from accounts.actions.billing_contacts import (
    KEPT,
    LIFETIME,
    MAX_CONTACTS,
    AlreadyThere,
    Refused,
    TooMany,
    TooOften,
    purge_unanswered,
    refuse_contact,
)
from accounts.models import BillingContact, Organization, Refusal, User
from accounts.models.billing_contact import QUESTION
from accounts.strangers import REMEMBERED
from ledger.models import AuditEvent, LeafBody
from notifications import outbox, preferences
from notifications.kinds import KINDS
from notifications.kinds.kind import Topic, kind
from notifications.models import Choice, OutboxMessage, Preference, WindowCount
from notifications.notices import Facts, notice
from notifications.unsubscribing import read
from notifications.wording import Wording
from tests.accounts.billing_contacts.conftest import ADDRESS, OPERATOR, Add, newest_token
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
INVOICE = "test-invoice"


@kind(INVOICE, "An invoice of the tests", Topic.BILLING, sample={})
def _word() -> Wording:
    return Wording("Your invoice", ["It is ready."])


@notice(INVOICE)
def _about(subject_id: Any, to: Any) -> Facts:
    return {}


def events() -> list[str]:
    found = AuditEvent.objects.filter(action__startswith="billing-contact:").order_by("pk")
    return [event.action.partition(":")[2] for event in found]


def bill(contact: BillingContact) -> OutboxMessage:
    message = outbox.put(INVOICE, contact.organization_id, recipient_id=contact.pk)
    send_all()
    message.refresh_from_db()
    return message


def test_a_contact_is_asked_in_their_language_at_their_address(add: Add, organization: Organization) -> None:
    add()
    send_all()
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    assert organization.name in letter.subject
    assert f"/contacts/{newest_token()}/refusal/" in letter.body
    assert "List-Unsubscribe" not in letter.extra_headers  # a no erases the address, and this kind with it


def test_until_they_say_yes_nothing_else_goes_to_them(contact: BillingContact, token: str) -> None:
    assert bill(contact).error == outbox.WITHDRAWN
    assert len(mail.outbox) == 1
    assert confirm_contact(token)
    assert bill(contact).error == ""
    assert [letter.subject for letter in mail.outbox[1:]] == ["Your invoice"]


def test_the_address_opens_for_the_letter_alone_and_under_the_organizations_chain(
    contact: BillingContact, token: str
) -> None:
    (leaf,) = LeafBody.objects.filter(tenant=contact.organization_id, purpose="email-notification")
    assert leaf.actor == "system:notifications"
    assert '"fields":["accounts.BillingContact.email"]' in leaf.text
    assert str(contact.pk) in leaf.text


def test_each_optional_letter_has_a_link_to_end_its_kind(add: Add) -> None:
    contact = add(confirmed=True)
    bill(contact)
    url = mail.outbox[-1].extra_headers["List-Unsubscribe"].strip("<>")
    subscription = read(url.rstrip("/").rpartition("/")[2])
    assert subscription
    subscription.end()
    assert bill(contact).error == outbox.WITHDRAWN
    assert not preferences.wants(contact.pk, KINDS[INVOICE], KINDS[INVOICE].channels[0])


@pytest.mark.parametrize("again", [ADDRESS, "billing.desk@PAYERS.example", " billing.desk@payers.example"])
def test_one_mailbox_is_a_contact_once(add: Add, contact: BillingContact, again: str) -> None:
    with pytest.raises(AlreadyThere):
        add(again)
    assert BillingContact.objects.get() == contact
    assert add("billing.desk+2@payers.example")


def test_another_organization_may_name_the_same_address(contact: BillingContact, outsider: User) -> None:
    other = Organization.objects.visible_to(outsider).get()
    assert add_contact(OPERATOR, organization=other, email=ADDRESS, language="en")


def test_an_organization_has_ten_at_most(add: Add) -> None:
    for number in range(MAX_CONTACTS):
        add(f"{number}@payers.example")
    with pytest.raises(TooMany):
        add("one-more@payers.example")
    assert BillingContact.objects.count() == MAX_CONTACTS


def test_an_address_is_asked_three_times_a_day_at_most(contact: BillingContact) -> None:
    assert [ask_again(OPERATOR, contact) for _ in range(2)] == [True] * 2
    with pytest.raises(TooOften):
        ask_again(OPERATOR, contact)
    WindowCount.objects.all().delete()  # the next day
    assert ask_again(OPERATOR, contact)
    assert events() == ["added"] + ["asked-again"] * 3


def test_adding_and_removing_floods_no_mailbox(add: Add) -> None:
    for _ in range(3):
        remove_contact(OPERATOR, add())
    with pytest.raises(TooOften):
        add(ADDRESS.upper())
    assert add("another@payers.example")


def test_an_organization_asks_twenty_times_an_hour_at_most(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        remove_contact(OPERATOR, add(f"{number}@payers.example"))
    with pytest.raises(TooOften):
        add()
    monkeypatch.setattr("accounts.actions.billing_contacts._WINDOW", timedelta())  # events can't be made older
    assert add()


def test_a_no_is_remembered_by_that_organization_for_half_a_year(
    add: Add, contact: BillingContact, token: str, outsider: User
) -> None:
    assert refuse_contact(token)
    with pytest.raises(Refused):
        add(ADDRESS.upper())
    other = Organization.objects.visible_to(outsider).get()
    assert add_contact(OPERATOR, organization=other, email=ADDRESS, language="en")
    Refusal.objects.update(at=timezone.now() - REMEMBERED)
    assert add()


def test_who_has_confirmed_is_not_asked_again(add: Add) -> None:
    assert not ask_again(OPERATOR, add(confirmed=True))
    assert OutboxMessage.objects.filter(kind=QUESTION).count() == 1


def test_a_question_that_waited_until_after_the_yes_is_withdrawn(contact: BillingContact, token: str) -> None:
    ask_again(OPERATOR, contact)
    assert confirm_contact(token)
    send_all()
    assert OutboxMessage.objects.order_by("pk").last().error == outbox.WITHDRAWN  # type: ignore[union-attr]
    assert len(mail.outbox) == 1


def test_a_removal_takes_everything_along(add: Add) -> None:
    contact = add(confirmed=True)
    preferences.choose(contact.pk, [KINDS[INVOICE]], {(INVOICE, "email"): Choice.OFF})
    outbox.put(INVOICE, contact.organization_id, recipient_id=contact.pk)
    assert remove_contact(OPERATOR, contact)
    assert not remove_contact(OPERATOR, contact)
    assert not OutboxMessage.objects.filter(sent_at=None).exists()
    assert not Preference.objects.exists()
    assert not BillingContact.objects.exists()
    assert events() == ["added", "confirmed", "removed"]


def test_who_never_answers_is_erased_a_month_after_the_link_ended(add: Add, contact: BillingContact) -> None:
    confirmed = add("yes@payers.example", confirmed=True)
    ended = timezone.now() + LIFETIME
    assert purge_unanswered(ended + KEPT - timedelta(minutes=1)) == 0
    assert purge_unanswered(ended + KEPT + timedelta(minutes=1)) == 1
    assert BillingContact.objects.get() == confirmed
    assert AuditEvent.objects.get(action="billing-contact:removed").actor == "system:worker"


def test_an_address_that_moved_to_a_new_key_still_gets_letters(add: Add, organization: Organization) -> None:
    contact = add(confirmed=True)
    former = contact.email.record()
    call_command("rotate_keys", organization=organization.slug, stdout=StringIO())
    contact.refresh_from_db()
    assert contact.email.record() != former
    bill(contact)
    assert mail.outbox[-1].to == [ADDRESS]


def test_an_erased_organization_has_no_contacts_any_more(add: Add, organization: Organization, outsider: User) -> None:
    other = Organization.objects.visible_to(outsider).get()
    kept = add_contact(OPERATOR, organization=other, email=ADDRESS, language="en")
    add()
    add("2@payers.example", confirmed=True)
    erase_organization(OPERATOR, organization)
    assert BillingContact.objects.get() == kept
    assert set(OutboxMessage.objects.filter(sent_at=None).values_list("recipient_id", flat=True)) <= {kept.pk}
