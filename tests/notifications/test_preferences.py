"""Preferences: what somebody gets until they choose, and what nobody can choose."""

from datetime import time
from uuid import UUID

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actions import erase_user
from accounts.models import User
from ledger.actor import Actor
from ledger.ids import new_id
from notifications import outbox, preferences
from notifications.kinds import Kind
from notifications.models import Channel, Choice, OutboxMessage, Preference, QuietHours

pytestmark = pytest.mark.django_db
EMAIL, SMS = Channel.EMAIL, Channel.SMS


def choose(user_id: UUID, kind: Kind, channel: Channel, choice: Choice) -> int:
    return preferences.choose(user_id, [kind], {(kind.name, channel): choice})


def of(user_id: UUID, kind: Kind) -> dict[Channel, Choice]:
    return preferences.of_recipients(kind, [user_id])[user_id]


def test_a_kind_comes_by_its_first_channel_until_somebody_chooses(news: Kind) -> None:
    mine, other = new_id(), new_id()
    assert of(mine, news) == {EMAIL: Choice.NOW, SMS: Choice.OFF}
    choose(mine, news, SMS, Choice.NOW)
    choose(mine, news, EMAIL, Choice.DAILY)
    assert of(mine, news) == {EMAIL: Choice.DAILY, SMS: Choice.NOW}
    assert of(other, news) == {EMAIL: Choice.NOW, SMS: Choice.OFF}


def test_nobody_can_switch_off_what_is_required(alarm: Kind) -> None:
    mine = new_id()
    for choice in (Choice.OFF, Choice.DAILY):
        assert choose(mine, alarm, EMAIL, choice) == 0
        Preference.objects.create(recipient_id=mine, kind=alarm.name, channel=EMAIL, choice=choice)  # whoever wrote it
        assert of(mine, alarm)[EMAIL] == Choice.NOW
        assert preferences.wants(mine, alarm, EMAIL)
        Preference.objects.all().delete()


def test_the_other_channels_of_a_required_kind_are_free_but_never_late(alarm: Kind) -> None:
    mine = new_id()
    assert choose(mine, alarm, SMS, Choice.NOW) == 1
    assert of(mine, alarm) == {EMAIL: Choice.NOW, SMS: Choice.NOW}
    assert choose(mine, alarm, SMS, Choice.DAILY) == 0


def test_only_email_of_what_is_not_required_can_wait_for_the_summary(news: Kind, alarm: Kind) -> None:
    assert preferences.options(news, EMAIL) == [Choice.NOW, Choice.DAILY, Choice.OFF]
    assert preferences.options(news, SMS) == [Choice.NOW, Choice.OFF]
    assert preferences.options(alarm, EMAIL) == [Choice.NOW]
    assert preferences.options(alarm, SMS) == [Choice.NOW, Choice.OFF]


def test_what_is_not_offered_is_left_out(news: Kind) -> None:
    mine = new_id()
    choices = {
        ("no-such-kind", "email"): Choice.OFF,
        (news.name, "webhook"): Choice.OFF,
        (news.name, "sms"): Choice.DAILY,
    }
    assert preferences.choose(mine, [news], choices) == 0
    assert not Preference.objects.exists()


def test_a_row_that_no_kind_offers_any_more_counts_for_nothing(news: Kind) -> None:
    mine = new_id()
    for channel, choice in ((SMS, Choice.DAILY), (Channel.WEBHOOK, Choice.NOW)):
        Preference.objects.create(recipient_id=mine, kind=news.name, channel=channel, choice=choice)
    assert of(mine, news) == {EMAIL: Choice.NOW, SMS: Choice.OFF}
    assert preferences.of_recipient(mine, [news]) == {(news.name, EMAIL): Choice.NOW, (news.name, SMS): Choice.OFF}


def test_only_what_differs_is_kept_and_counted(news: Kind) -> None:
    mine = new_id()
    assert choose(mine, news, EMAIL, Choice.NOW) == 0
    assert choose(mine, news, EMAIL, Choice.OFF) == 1
    assert choose(mine, news, EMAIL, Choice.OFF) == 0
    assert choose(mine, news, EMAIL, Choice.DAILY) == 1
    assert Preference.objects.get().choice == Choice.DAILY
    assert choose(mine, news, EMAIL, Choice.NOW) == 1
    assert not Preference.objects.exists()


def test_what_is_switched_off_while_a_message_waits_is_withdrawn(owner: User, news: Kind) -> None:
    message = outbox.put(news.name, new_id(), recipient_id=owner.pk)
    choose(owner.pk, news, EMAIL, Choice.OFF)
    for claim in outbox.claim_due(timezone.now()):
        outbox.send(claim.id, claim.attempt)
    message.refresh_from_db()
    assert (message.error, bool(message.sent_at)) == (outbox.WITHDRAWN, True)
    assert mail.outbox == []


def test_quiet_hours_are_set_changed_and_ended() -> None:
    mine, night = new_id(), (time(22), time(7))
    assert preferences.quiet_hours(mine) is None
    assert preferences.set_quiet_hours(mine, night)
    assert not preferences.set_quiet_hours(mine, night)
    assert preferences.quiet_hours(mine) == night
    assert preferences.set_quiet_hours(mine, (time(21), time(7)))
    assert preferences.set_quiet_hours(mine, None)
    assert not QuietHours.objects.exists()


def test_erasing_a_person_forgets_what_they_chose(member: User, owner: User, news: Kind) -> None:
    for user in (member, owner):
        choose(user.pk, news, EMAIL, Choice.OFF)
        preferences.set_quiet_hours(user.pk, (time(22), time(7)))
    outbox.put(news.name, new_id(), recipient_id=member.pk)
    erase_user(Actor.operator(), member)
    assert [row.recipient_id for row in Preference.objects.all()] == [owner.pk]
    assert [row.recipient_id for row in QuietHours.objects.all()] == [owner.pk]
    assert not OutboxMessage.objects.filter(recipient_id=member.pk).exists()
