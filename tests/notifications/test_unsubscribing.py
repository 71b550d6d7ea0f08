"""Unsubscribing by the link of a letter: without a session, only what it names, and only what can be ended."""

from uuid import UUID

import pytest
from django.core import mail, signing
from django.test import Client
from django.utils import timezone

from accounts.actions import erase_user
from accounts.models import User
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from notifications import outbox, preferences, unsubscribing
from notifications.kinds import KINDS, Kind
from notifications.models import Channel, Choice, Preference

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path(user_id: UUID, kind: Kind) -> str:
    return "/unsubscribe/" + unsubscribing.url(user_id, kind).partition("/unsubscribe/")[2]


def email_of(user: User, kind: Kind) -> Choice:
    return preferences.of_recipients(kind, [user.pk])[user.pk][Channel.EMAIL]


@pytest.fixture
def visitor() -> Client:
    """A mail program: no session, no cookie, no CSRF token."""
    return Client(enforce_csrf_checks=True)


def test_a_letter_that_can_be_ended_says_how_in_its_headers_and_its_text(owner: User, news: Kind) -> None:
    outbox.put(news.name, new_id(), recipient_id=owner.pk)
    for claim in outbox.claim_due(timezone.now()):
        outbox.send(claim.id, claim.attempt)
    (letter,) = mail.outbox
    link = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert link.endswith(path(owner.pk, news))
    assert link in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_required_letter_offers_no_end(owner: User, alarm: Kind) -> None:
    outbox.put(alarm.name, new_id(), recipient_id=owner.pk)
    for claim in outbox.claim_due(timezone.now()):
        outbox.send(claim.id, claim.attempt)
    (letter,) = mail.outbox
    assert "List-Unsubscribe" not in letter.extra_headers
    assert "/unsubscribe/" not in letter.body


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(visitor: Client, owner: User, news: Kind, method: str) -> None:
    answer = getattr(visitor, method)(path(owner.pk, news))
    assert answer.status_code == 200
    assert email_of(owner, news) == Choice.NOW
    assert "no-store" in answer["Cache-Control"]


def test_a_page_asks_first_and_names_the_kind(visitor: Client, owner: User, news: Kind) -> None:
    asked = visitor.get(path(owner.pk, news)).content.decode()
    assert '<form method="post">' in asked
    assert "News of llamas" in asked
    assert "olivia" not in asked.lower()


def test_one_click_works_without_a_session_and_twice(visitor: Client, owner: User, news: Kind) -> None:
    for _ in range(2):
        answer = visitor.post(path(owner.pk, news), ONE_CLICK, headers={"Origin": "https://mail.example"})
        assert answer.status_code == 200
        assert email_of(owner, news) == Choice.OFF
    assert not answer.cookies


def test_it_ends_that_kind_of_that_person_by_email_alone(
    visitor: Client, owner: User, member: User, news: Kind, alarm: Kind
) -> None:
    preferences.choose(owner.pk, [news], {(news.name, Channel.SMS): Choice.NOW})
    visitor.post(path(owner.pk, news), ONE_CLICK)
    chosen = preferences.of_recipients(news, [owner.pk, member.pk])
    assert chosen[owner.pk] == {Channel.EMAIL: Choice.OFF, Channel.SMS: Choice.NOW}
    assert chosen[member.pk][Channel.EMAIL] == Choice.NOW
    assert email_of(owner, alarm) == Choice.NOW


def test_it_is_recorded_once_in_the_chain_of_that_person(visitor: Client, owner: User, news: Kind) -> None:
    for _ in range(2):
        visitor.post(path(owner.pk, news), ONE_CLICK)
    event = AuditEvent.objects.get(action=Action.PREFERENCES_CHANGED)
    assert (event.actor, event.target) == ("system:unsubscribe-link", str(owner.pk))
    assert event.organization_id == owner.pk
    assert event.payload == {"choices": 1}


def test_the_summarys_link_ends_what_comes_once_a_day_and_nothing_else(
    visitor: Client, owner: User, news: Kind
) -> None:
    key = ("key-created", Channel.EMAIL)
    kinds = [news, KINDS["key-created"], KINDS["key-revoked"]]
    preferences.choose(owner.pk, kinds, {(news.name, Channel.EMAIL): Choice.DAILY, key: Choice.DAILY})
    answer = visitor.post(path(owner.pk, KINDS["summary"]), ONE_CLICK)
    assert b"once a day" in answer.content
    chosen = preferences.of_recipient(owner.pk, kinds)
    assert [chosen[kind.name, Channel.EMAIL] for kind in kinds] == [Choice.OFF, Choice.OFF, Choice.NOW]


def forged(owner: User, kind: Kind) -> list[str]:
    good = path(owner.pk, kind).split("/")[-2]
    payload = [owner.pk.hex, kind.name]
    return [
        good[:-1],
        good[1:],
        good.split(":")[0],
        good.swapcase(),
        signing.dumps(payload, salt="another salt"),
        signing.dumps(payload, key="another key", salt="notifications.unsubscribing"),
        "x",
        "a:b:c",
        "%00",
        "é" * 300,
    ]


def test_forged_cut_and_foreign_links_are_one_and_the_same_page(visitor: Client, owner: User, news: Kind) -> None:
    pages = set()
    for token in forged(owner, news):
        for answer in (visitor.get(f"/unsubscribe/{token}/"), visitor.post(f"/unsubscribe/{token}/", ONE_CLICK)):
            assert answer.status_code == 404
            pages.add(answer.content)
    assert len(pages) == 1
    assert not Preference.objects.exists()


def test_what_is_required_cannot_be_ended_by_a_link_of_ours_either(visitor: Client, owner: User, alarm: Kind) -> None:
    answer = visitor.post(path(owner.pk, alarm), ONE_CLICK)
    assert answer.status_code == 404
    assert b"You are unsubscribed" not in answer.content
    assert not Preference.objects.exists()


def test_the_link_of_somebody_who_was_erased_ends_and_keeps_nothing(visitor: Client, member: User, news: Kind) -> None:
    erase_user(Actor.operator(), member)
    for who in (member.pk, new_id()):
        assert visitor.post(path(who, news), ONE_CLICK).status_code == 404
    assert not Preference.objects.exists()


def test_the_link_of_a_kind_that_there_is_no_more_ends_nothing(
    visitor: Client, owner: User, news: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = path(owner.pk, news)
    monkeypatch.delitem(KINDS, news.name)
    assert visitor.post(link, ONE_CLICK).status_code == 404
