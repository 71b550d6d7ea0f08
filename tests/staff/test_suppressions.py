"""Suppressions: counted, looked up and lifted; what was typed stays nowhere."""

import logging
from typing import Any

import pytest
from django.test import Client

from accounts.models import BrowserSession, User
from ledger.models import AuditEvent
from notifications import fingerprints
from notifications.models import Channel, Reason, Suppression
from notifications.suppressions import suppress

pytestmark = pytest.mark.django_db
URL = "/staff/suppressions/"
ADDRESS, NUMBER = "Canary.Bird@example.com", "+351 912 345 678"


@pytest.fixture
def suppressed() -> None:
    suppress(Channel.EMAIL, fingerprints.of_email(ADDRESS), Reason.BOUNCED)
    suppress(Channel.SMS, fingerprints.of_number("+351912345678"), Reason.STOPPED)


def search(client: Client, value: str, channel: str = "email") -> Any:
    return client.post(URL + "search/", {"channel": channel, "value": value})


def test_they_are_counted_by_channel_and_reason(as_operator: Client, suppressed: None) -> None:
    suppress(Channel.EMAIL, "0" * 64, Reason.BOUNCED)
    rows = [tuple(row.values()) for row in as_operator.get(URL).context["counts"]]
    assert rows == [("Email", "Bounced", 2), ("Text message", "Asked for silence", 1)]


def test_without_any_the_page_says_so(as_operator: Client) -> None:
    assert "Nothing is suppressed" in as_operator.get(URL).content.decode()


@pytest.mark.parametrize(
    ("value", "channel", "reason"),
    [(ADDRESS, "email", "Bounced"), (f" {ADDRESS.upper()} ", "email", "Bounced"), (NUMBER, "sms", "Asked for silence")],
)
def test_one_is_looked_up_and_lifted(
    as_operator: Client, operator: User, suppressed: None, value: str, channel: str, reason: str
) -> None:
    found = search(as_operator, value, channel)
    assert found.context["result"]["reason"] == reason
    answer = as_operator.post(URL + "lifting/", {"found": found.context["result"]["found"]})
    assert answer["Location"] == URL
    assert not Suppression.objects.filter(channel=channel).exists()
    assert Suppression.objects.count() == 1
    event = AuditEvent.objects.get(action="suppression:lifted")
    assert (event.actor, event.target) == (f"user:{operator.pk}", channel)


def test_who_is_not_suppressed_is_said_not_to_be(as_operator: Client, suppressed: None) -> None:
    assert not search(as_operator, "other@example.com").context["result"]["is_found"]


def test_what_was_typed_stays_nowhere(as_operator: Client, suppressed: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        pages = [
            search(as_operator, ADDRESS),
            search(as_operator, "other.canary@example.com"),
            search(as_operator, "canary"),
        ]
        as_operator.post(URL + "lifting/", {"found": pages[0].context["result"]["found"]})
        pages.append(as_operator.get(URL))
    kept = [page.content.decode() for page in pages] + [caplog.text]
    kept += [str(session.get_decoded()) for session in BrowserSession.objects.all()]
    kept += [str(row) for row in AuditEvent.objects.values_list()]
    assert not [text for text in kept if "canary" in text.lower()]
    assert fingerprints.of_email(ADDRESS) not in "".join(kept)


@pytest.mark.parametrize(
    ("value", "channel"),
    [
        ("", "email"),
        ("canary", "email"),
        ("@", "email"),
        ("912", "sms"),
        ("a" * 300, "email"),
        ("\x00@x", "email"),
        ("a@b", "pigeon"),
    ],
)
def test_what_is_no_address_or_number_is_refused(as_operator: Client, value: str, channel: str) -> None:
    assert search(as_operator, value, channel).status_code == 422


def test_only_what_a_search_found_can_be_lifted(as_operator: Client, suppressed: None) -> None:
    key = Suppression.objects.values_list("pk", flat=True)[0]
    for found in ("", str(key), f"{key}:forged:signature"):
        as_operator.post(URL + "lifting/", {"found": found})
    assert Suppression.objects.count() == 2
    assert not AuditEvent.objects.filter(action="suppression:lifted").exists()


def test_a_suppression_is_lifted_once(as_operator: Client, suppressed: None) -> None:
    found = search(as_operator, ADDRESS).context["result"]["found"]
    as_operator.post(URL + "lifting/", {"found": found})
    assert "lifted before" in as_operator.post(URL + "lifting/", {"found": found}, follow=True).content.decode()
    assert AuditEvent.objects.filter(action="suppression:lifted").count() == 1


def test_queries_do_not_grow_with_suppressions(as_operator: Client, django_assert_num_queries: Any) -> None:
    for number in range(30):
        suppress(Channel.EMAIL, f"{number:064}", Reason.BOUNCED)
    with django_assert_num_queries(4):  # session, person, organizations and the counts
        as_operator.get(URL)
