"""The daily summary: what is still to be said when it goes, and no more than can be read."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from ledger.ids import new_id
from notifications import outbox, preferences, unsubscribing
from notifications.kinds import Kind
from notifications.models import Channel, Choice, DigestItem, OutboxMessage, Preference
from notifications.tasks import purge_summaries
from notifications.telling import tell
from tests.support.kinds import GONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def entered(owner: User, news: Kind) -> list[UUID]:
    """Three items that wait for the owner's next summary."""
    preferences.choose(owner.pk, [news], {(news.name, Channel.EMAIL): Choice.DAILY})
    return enter(owner, news, 3)


def enter(user: User, kind: Kind, count: int) -> list[UUID]:
    subjects = [new_id() for _ in range(count)]
    for subject in subjects:
        tell(kind.name, subject, [user.pk])
    return subjects


def send_summary() -> OutboxMessage:
    """Send what goes tomorrow at eight."""
    for claim in outbox.claim_due(timezone.now() + timedelta(days=2)):
        outbox.send(claim.id, claim.attempt)
    return OutboxMessage.objects.get(kind="summary")


def letter() -> Any:
    assert send_summary().error == ""
    return mail.outbox[-1]


def said(subjects: list[UUID]) -> list[str]:
    return [f"News of {subject}.example" for subject in subjects]


def test_it_says_each_item_once_in_their_order(entered: list[UUID]) -> None:
    sent = letter()
    assert re.findall(r"News of \S+", sent.body) == said(entered)
    assert "3" in sent.subject
    assert len(mail.outbox) == 1


def test_an_item_whose_row_is_gone_is_left_out(entered: list[UUID]) -> None:
    GONE.add(entered[1])
    assert re.findall(r"News of \S+", letter().body) == said([entered[0], entered[2]])


def test_when_everything_is_gone_nothing_is_sent(entered: list[UUID]) -> None:
    GONE.update(entered)
    assert send_summary().error == outbox.WITHDRAWN
    assert mail.outbox == []


def test_more_than_thirty_are_counted(owner: User, news: Kind, entered: list[UUID]) -> None:
    more = enter(owner, news, 32)
    sent = letter()
    assert re.findall(r"News of \S+", sent.body) == said([*entered, *more])[:30]
    assert "And 5 more" in sent.body
    assert "35" in sent.subject


def test_what_is_gone_takes_no_place_of_what_is_not(owner: User, news: Kind, entered: list[UUID]) -> None:
    more = enter(owner, news, 40)
    GONE.update(entered)
    GONE.update(more[:30])
    sent = letter()
    assert re.findall(r"News of \S+", sent.body) == said(more[30:])
    assert "more" not in sent.subject + sent.body.partition("News")[0]


def test_a_kind_that_was_switched_off_since_is_left_out(owner: User, news: Kind, entered: list[UUID]) -> None:
    preferences.choose(owner.pk, [news], {(news.name, Channel.EMAIL): Choice.OFF})
    assert send_summary().error == outbox.WITHDRAWN


def test_a_kind_that_comes_at_once_since_is_still_in_it(owner: User, news: Kind, entered: list[UUID]) -> None:
    preferences.choose(owner.pk, [news], {(news.name, Channel.EMAIL): Choice.NOW})
    assert re.findall(r"News of \S+", letter().body) == said(entered)


def test_a_kind_that_there_is_no_more_is_left_out(owner: User, entered: list[UUID]) -> None:
    DigestItem.objects.filter(subject_id=entered[0]).update(kind="no-such-kind")
    assert re.findall(r"News of \S+", letter().body) == said(entered[1:])


def test_its_link_ends_what_comes_in_it_and_what_waits_for_it(owner: User, news: Kind, entered: list[UUID]) -> None:
    from notifications.kinds import KINDS

    token = unsubscribing.url(owner.pk, KINDS["summary"]).split("/")[-2]
    subscription = unsubscribing.read(token)
    assert subscription
    subscription.end()
    assert [row.choice for row in Preference.objects.all()] == [Choice.OFF]
    assert send_summary().error == outbox.WITHDRAWN


def test_it_can_be_ended_by_one_click(entered: list[UUID]) -> None:
    assert letter().extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_items_of_summaries_that_went_a_week_ago_are_purged(entered: list[UUID]) -> None:
    now = timezone.now()
    for subject, age in zip(entered, (timedelta(days=8), timedelta(days=6), timedelta()), strict=True):
        DigestItem.objects.filter(subject_id=subject).update(created_at=now - age)
    purge_summaries()
    assert set(DigestItem.objects.values_list("subject_id", flat=True)) == set(entered[1:])
