"""Preferences: who gets which kind of message, how, and when their phone shall be quiet.

A kind comes by its first channel until its recipient chooses otherwise, and by its other channels once they are
switched on. Of a required kind the first channel is always on. Only what differs from this is kept.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from notifications.kinds import Kind
from notifications.models import Channel, Choice, Preference, Priority, QuietHours

Choices = Mapping[tuple[str, str], Choice]  # by kind and channel
Span = tuple[time, time]  # of day; past midnight if it ends before it begins


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
        channel, choice = Channel(chosen.channel), Choice(chosen.choice)
        if _is_offered(kind, channel, choice):
            found[chosen.recipient_id][channel] = choice
    return found


def wants(recipient_id: UUID, kind: Kind, channel: Channel) -> bool:
    """Tell whether a message may go now; it may have waited since it was put."""
    if is_fixed(kind, channel):
        return True
    return of_recipients(kind, [recipient_id])[recipient_id].get(channel) not in {None, Choice.OFF}


def of_recipient(recipient_id: UUID, kinds: Iterable[Kind]) -> dict[tuple[str, str], Choice]:
    """Return what somebody gets of these kinds, by kind and channel, in one query."""
    listed = list(kinds)
    rows = Preference.objects.filter(recipient_id=recipient_id, kind__in=[kind.name for kind in listed])
    chosen = {(row.kind, row.channel): Choice(row.choice) for row in rows}
    found = {}
    for kind in listed:
        for channel in kind.channels:
            choice = chosen.get((kind.name, channel))
            known = choice if choice and _is_offered(kind, channel, choice) else default(kind, channel)
            found[kind.name, channel.value] = known
    return found


def choose(recipient_id: UUID, kinds: Iterable[Kind], choices: Choices) -> int:
    """Set what somebody gets of these kinds; return how much of it is new. What a kind does not offer is left out."""
    by_name = {kind.name: kind for kind in kinds}
    kept, gone, changes = [], Q(), 0
    with transaction.atomic():
        for (name, channel), choice in of_recipient(recipient_id, by_name.values()).items():
            kind, wanted = by_name[name], choices.get((name, channel), choice)
            if wanted == choice or not _is_offered(kind, Channel(channel), wanted):
                continue
            changes += 1
            if wanted == default(kind, Channel(channel)):
                gone |= Q(kind=name, channel=channel)
            else:
                kept.append(Preference(recipient_id=recipient_id, kind=name, channel=channel, choice=wanted))
        Preference.objects.bulk_create(
            kept,
            update_conflicts=True,
            unique_fields=["recipient_id", "kind", "channel"],
            update_fields=["choice"],
        )
        if gone:
            Preference.objects.filter(gone, recipient_id=recipient_id).delete()
    return changes


def end_summaries(recipient_id: UUID) -> int:
    """Switch off what somebody gets once a day, and what waits for the next summary; return how many kinds."""
    return Preference.objects.filter(recipient_id=recipient_id, choice=Choice.DAILY).update(choice=Choice.OFF)


def end_texts(recipient_id: UUID) -> int:
    """Switch off what somebody gets as text messages; return how many kinds."""
    return Preference.objects.filter(recipient_id=recipient_id, channel=Channel.SMS).delete()[0]


def quiet_hours(recipient_id: UUID) -> Span | None:
    """Return between which times of day no text goes to somebody; None if they go at any hour."""
    return QuietHours.objects.filter(recipient_id=recipient_id).values_list("begins", "ends").first()


def set_quiet_hours(recipient_id: UUID, hours: Span | None) -> bool:
    """Set or end somebody's quiet hours; False if they are as before."""
    if hours == quiet_hours(recipient_id):
        return False
    if hours is None:
        QuietHours.objects.filter(recipient_id=recipient_id).delete()
    else:
        begins, ends = hours
        QuietHours.objects.update_or_create(recipient_id=recipient_id, defaults={"begins": begins, "ends": ends})
    return True


def forget(recipient_id: UUID) -> None:
    """Delete everything that a recipient chose: they are going away."""
    with transaction.atomic():
        Preference.objects.filter(recipient_id=recipient_id).delete()
        QuietHours.objects.filter(recipient_id=recipient_id).delete()


def quiet_until(recipient_id: UUID, kind: Kind, now: datetime, time_zone: str) -> datetime | None:
    """Return when a text of this kind may go, if not now. Security goes at any hour."""
    if kind.priority == Priority.SECURITY:
        return None
    hours = quiet_hours(recipient_id)
    return end_of_quiet(hours, now, time_zone) if hours else None


def end_of_quiet(hours: Span, now: datetime, time_zone: str) -> datetime | None:
    """Return the end of the quiet hours that `now` falls into, in UTC; None if it falls into none.

    What counts is the clock on the recipient's wall. Where it is turned, the end may come twice or not at all: then
    quiet ends the next time that the wall's clock says so, and never in the past.
    """
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    if not _is_quiet(hours, local):
        return None
    days = (local.date() + timedelta(days=days) for days in range(4))  # a zone may leave a day out
    ends = (datetime.combine(day, hours[1], zone).replace(fold=fold).astimezone(UTC) for day in days for fold in (0, 1))
    return min(end for end in ends if end > now and not _is_quiet(hours, end.astimezone(zone)))


def _is_quiet(hours: Span, local: datetime) -> bool:
    (begins, ends), clock = hours, local.time()
    return begins <= clock < ends if begins <= ends else clock >= begins or clock < ends


def _is_offered(kind: Kind, channel: Channel, choice: Choice) -> bool:
    return channel in kind.channels and choice in options(kind, channel)
