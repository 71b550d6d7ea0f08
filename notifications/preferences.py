"""Preferences: who gets which kind of message, how, and when their phone shall be quiet.

A kind comes by its first channel until its recipient chooses otherwise, and by its other channels once they are
switched on. Of a required kind the first channel is always on.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from notifications.kinds import Kind
from notifications.models import Channel, Choice, Preference, Priority, QuietHours

Choices = Mapping[tuple[str, str], Choice]  # by kind and channel


def default(kind: Kind, channel: Channel) -> Choice:
    return Choice.NOW if channel == kind.channels[0] else Choice.OFF


def is_fixed(kind: Kind, channel: Channel) -> bool:
    """Tell whether nobody can choose anything else."""
    return kind.required and channel == kind.channels[0]


def options(kind: Kind, channel: Channel) -> list[Choice]:
    """Return what can be chosen; a summary is a long text, so it goes by email alone."""
    if is_fixed(kind, channel):
        return [Choice.NOW]
    can_wait = channel == Channel.EMAIL and not kind.required
    return [Choice.NOW, Choice.DAILY, Choice.OFF] if can_wait else [Choice.NOW, Choice.OFF]


def of_recipients(kind: Kind, ids: Collection[UUID]) -> dict[UUID, dict[Channel, Choice]]:
    """Return what each of these recipients gets of a kind, by channel."""
    found = {each: {channel: default(kind, channel) for channel in kind.channels} for each in ids}
    for chosen in Preference.objects.filter(kind=kind.name, recipient_id__in=ids):
        channel = Channel(chosen.channel)
        if channel in kind.channels and chosen.choice in options(kind, channel):
            found[chosen.recipient_id][channel] = Choice(chosen.choice)
    return found


def wants(recipient_id: UUID, kind: Kind, channel: Channel) -> bool:
    """Tell whether a message may go now; it may have waited since it was put."""
    return of_recipients(kind, [recipient_id])[recipient_id][channel] != Choice.OFF


def chosen_by(recipient_id: UUID) -> dict[tuple[str, str], Choice]:
    """Return what somebody chose, by kind and channel, where it is not the default."""
    rows = Preference.objects.filter(recipient_id=recipient_id)
    return {(row.kind, row.channel): Choice(row.choice) for row in rows}


def choose(recipient_id: UUID, kinds: Iterable[Kind], choices: Choices) -> None:
    """Set what somebody gets of these kinds. What a kind does not offer is left out."""
    wanted = []
    for kind in kinds:
        for channel in kind.channels:
            choice = choices.get((kind.name, channel))
            if choice in options(kind, channel) and not is_fixed(kind, channel):
                wanted.append(Preference(recipient_id=recipient_id, kind=kind.name, channel=channel, choice=choice))
    Preference.objects.bulk_create(
        wanted,
        update_conflicts=True,
        unique_fields=["recipient_id", "kind", "channel"],
        update_fields=["choice"],
    )


def end_summaries(recipient_id: UUID) -> None:
    """Switch off what somebody gets once a day."""
    Preference.objects.filter(recipient_id=recipient_id, choice=Choice.DAILY).update(choice=Choice.OFF)


def forget(recipient_id: UUID) -> None:
    """Delete everything that a recipient chose: they are going away."""
    with transaction.atomic():
        Preference.objects.filter(recipient_id=recipient_id).delete()
        QuietHours.objects.filter(recipient_id=recipient_id).delete()


def quiet_until(recipient_id: UUID, kind: Kind, now: datetime, time_zone: str) -> datetime | None:
    """Return when a text of this kind may go, if not now. Security goes at any hour."""
    if kind.priority == Priority.SECURITY:
        return None
    hours = QuietHours.objects.filter(recipient_id=recipient_id).first()
    return end_of_quiet(hours, now, time_zone) if hours else None


def end_of_quiet(hours: QuietHours, now: datetime, time_zone: str) -> datetime | None:
    """Return the end of the quiet hours that `now` falls into, in the recipient's time zone."""
    local = now.astimezone(ZoneInfo(time_zone))
    for day in (local - timedelta(days=1), local):
        begins = datetime.combine(day, hours.begins, local.tzinfo)
        ends = datetime.combine(day, hours.ends, local.tzinfo)
        if ends <= begins:
            ends = datetime.combine(day + timedelta(days=1), hours.ends, local.tzinfo)
        if begins <= local < ends:
            return ends
    return None
