"""Dead letters: what was given up is listed, explained, and lets itself be requeued on the record."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from ledger.events import pending_entries
from ledger.ids import INSTALLATION, new_id
from ledger.models import AuditEvent
from notifications.models import Channel, OutboxMessage
from tests.staff.conftest import letter

pytestmark = pytest.mark.django_db
URL = "/staff/dead-letters/"


def dead() -> set[Any]:
    return set(OutboxMessage.objects.dead().values_list("pk", flat=True))


def listed(client: Client, **query: str) -> list[Any]:
    return [row.id for row in client.get(URL, query).context["letters"]]


def test_a_letter_is_shown_with_what_its_code_means_and_what_to_do(as_operator: Client) -> None:
    letter(code="mail-server-unreachable")
    page = as_operator.get(URL).content.decode()
    for text in (
        "Verification of your address",
        "Email",
        "mail-server-unreachable",
        "The mail server did not answer.",
        "Check SMTP_URL",
    ):
        assert text in page


def test_whom_it_was_for_and_what_it_was_about_is_not_shown(as_operator: Client) -> None:
    hidden = letter()
    page = as_operator.get(URL).content.decode()
    assert str(hidden.pk) in page
    assert str(hidden.recipient_id) not in page
    assert str(hidden.subject_id) not in page


def test_what_was_sent_or_waits_is_no_dead_letter(as_operator: Client) -> None:
    OutboxMessage.objects.create(kind="a", subject_id=new_id(), recipient_id=new_id(), sent_at=timezone.now())
    OutboxMessage.objects.create(kind="a", subject_id=new_id(), recipient_id=new_id())
    assert listed(as_operator) == []
    assert "Nothing was given up" in as_operator.get(URL).content.decode()


def test_the_list_filters_by_channel_kind_and_code(as_operator: Client) -> None:
    mail, text = letter(), letter("sign-in-code", Channel.SMS, "sms-capped")
    assert listed(as_operator) == [text.pk, mail.pk]
    assert listed(as_operator, channel="sms") == [text.pk]
    assert listed(as_operator, kind="verify-email") == [mail.pk]
    assert listed(as_operator, code="sms-capped") == [text.pk]
    assert listed(as_operator, code="sms-capped", kind="verify-email") == []
    assert "No letter matches" in as_operator.get(URL, {"code": "none"}).content.decode()


@pytest.mark.parametrize("value", ["<script>alert(1)</script>", "\x00", "%", "' OR 1=1 --", "x" * 41])
def test_what_can_be_no_filter_is_refused_and_widens_nothing(as_operator: Client, value: str) -> None:
    kept = letter()
    for name in ("kind", "code", "channel"):
        for path in (URL, URL + "requeuing/all/"):
            assert as_operator.get(path, {name: value}).status_code == 400
        for path in ("requeuing/", "requeuing/all/"):
            assert as_operator.post(URL + path, {name: value, "id": [str(kept.pk)]}).status_code == 400
    assert as_operator.get(URL, {"page": value}).status_code == 200
    assert dead() == {kept.pk}


def test_pages_hold_fifty_and_lead_on_with_the_filter(as_operator: Client) -> None:
    for _ in range(51):
        letter()
    page = as_operator.get(URL, {"kind": "verify-email"}).content.decode()
    assert page.count('name="id"') == 50
    assert "?kind=verify-email&amp;page=2" in page
    assert len(listed(as_operator, page="2")) == 1


def test_chosen_letters_try_again_and_no_others(as_operator: Client, operator: User) -> None:
    chosen, other = letter(), letter()
    answer = as_operator.post(URL + "requeuing/", {"id": [str(chosen.pk)], "kind": "verify-email"})
    assert answer["Location"] == f"{URL}?kind=verify-email"
    assert dead() == {other.pk}
    again = OutboxMessage.objects.get(pk=chosen.pk)
    assert (again.attempts, again.tried, again.error) == (0, 0, "")
    event = AuditEvent.objects.get(action="messages:requeued")
    assert (event.actor, event.payload["count"]) == (f"user:{operator.pk}", 1)


def test_a_letter_of_the_list_is_requeued_once(as_operator: Client) -> None:
    chosen = letter()
    form = {"id": [str(chosen.pk)]}
    as_operator.post(URL + "requeuing/", form)
    OutboxMessage.objects.filter(pk=chosen.pk).update(attempts=1)
    assert "Nothing was requeued" in as_operator.post(URL + "requeuing/", form, follow=True).content.decode()
    assert OutboxMessage.objects.get().attempts == 1
    assert AuditEvent.objects.filter(action="messages:requeued").count() == 1


def test_of_ids_that_are_none_nothing_is_requeued(as_operator: Client) -> None:
    kept = letter()
    assert as_operator.post(URL + "requeuing/", {"id": [str(kept.pk), "x' OR 1=1"]}).status_code == 400
    as_operator.post(URL + "requeuing/", {"id": [str(new_id())]})
    assert "Choose at least one" in as_operator.post(URL + "requeuing/", {}, follow=True).content.decode()
    assert dead() == {kept.pk}


def test_all_that_match_are_asked_for_and_then_try_again(as_operator: Client) -> None:
    for _ in range(60):
        letter(code="mail-server-unreachable")
    other = letter(code="recipient-refused")
    link = f"{URL}requeuing/all/?code=mail-server-unreachable"
    assert link in as_operator.get(URL, {"code": "mail-server-unreachable"}).content.decode()
    question = as_operator.get(link)
    assert "Requeue 60 letters?" in question.content.decode()
    assert len(dead()) == 61
    as_operator.post(URL + "requeuing/all/", {"code": "mail-server-unreachable"})
    assert dead() == {other.pk}
    payload = AuditEvent.objects.get(action="messages:requeued").payload
    assert payload == {"count": 60, "channel": "", "kind": "", "code": "mail-server-unreachable"}


def test_without_any_letter_the_question_is_none(as_operator: Client) -> None:
    assert "nothing to requeue" in as_operator.get(URL + "requeuing/all/").content.decode()
    as_operator.post(URL + "requeuing/all/")
    assert not AuditEvent.objects.filter(action="messages:requeued").exists()


def test_requeuing_stands_in_the_installations_chain(as_operator: Client) -> None:
    letter()
    as_operator.post(URL + "requeuing/all/")
    assert [entry.tenant for entry in pending_entries() if entry.more["action"] == "messages:requeued"] == [
        INSTALLATION
    ]


def test_queries_do_not_grow_with_letters(as_operator: Client, django_assert_num_queries: Any) -> None:
    for number in range(40):
        letter(kind=f"kind-{number}", code=f"smtp-{number}")
    with django_assert_num_queries(6):  # session, person, organizations; groups, count and page
        as_operator.get(URL)
