"""Reminders: what somebody should know of keys before it happens, or because nobody else notices. Told once each.

Of a key its maker is told; of a key that has none, or whose maker is gone, those who manage the organization. Keys that
are orphans or unused are told of together, one message an organization, however many there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Organization
from accounts.recipients import of_managers
from keys import states
from keys.lifetimes import WARNED
from keys.models import ApiKey, KeyUse, Reminder
from notifications.telling import tell
from notifications.webhooks.publish import publish

ROTATION_TOLD = 7  # days before a rotation is due, and again when it is
_LATE = timedelta(days=7)  # what is longer ago than this, nobody has to be told of any more
_DAY = timedelta(days=1)


def remind(now: datetime) -> int:
    """Tell what is due now, and return how many reminders that were."""
    told = 0
    for reminder, key in [*_expiring(now), *_expired(now), *_rotating(now)]:
        told += _remind(reminder, key)
    return told + _remind_together("keys-orphaned", _orphans(now)) + _remind_together("keys-unused", _unused(now))


def _living(now: datetime) -> QuerySet[ApiKey]:
    keys = ApiKey.objects.active(now).filter(project__archived_at=None, is_playground=False)
    return keys.select_related("project__organization")


def _expiring(now: datetime) -> Iterator[tuple[Reminder, ApiKey]]:
    """Yield the latest warning that is due of each key: one that was made with three days left gets no other one."""
    soon = _living(now).filter(expires_at__lte=now + max(WARNED) * _DAY, ends_at=None)
    for key in soon.iterator():
        assert key.expires_at
        left = key.expires_at - now
        days = min(each for each in WARNED if left <= each * _DAY)
        yield Reminder(key=key, kind="key-expiring", about=key.expires_at.date(), days=days), key


def _expired(now: datetime) -> Iterator[tuple[Reminder, ApiKey]]:
    keys = ApiKey.objects.filter(expires_at__lte=now, expires_at__gt=now - _LATE, revoked_at=None, ends_at=None)
    for key in keys.select_related("project__organization").iterator():
        assert key.expires_at
        yield Reminder(key=key, kind="key-expired", about=key.expires_at.date()), key


def _rotating(now: datetime) -> Iterator[tuple[Reminder, ApiKey]]:
    for key in _living(now).filter(rotate_every__isnull=False, ends_at=None).iterator():
        due = rotation_due(key)
        if due and due <= now + ROTATION_TOLD * _DAY:
            days = 0 if due <= now else ROTATION_TOLD
            yield Reminder(key=key, kind="key-rotation-due", about=due.date(), days=days), key


def rotation_due(key: ApiKey) -> datetime | None:
    """Return when a key should be rotated; None for one that has no such schedule."""
    return key.created_at + key.rotate_every * _DAY if key.rotate_every else None


def _orphans(now: datetime) -> Iterator[Reminder]:
    for key in _living(now).filter(states.orphaned(now)).iterator():
        assert key.orphaned_at
        yield Reminder(key=key, kind="keys-orphaned", about=key.orphaned_at.date())


def _unused(now: datetime) -> Iterator[Reminder]:
    for key in _living(now).filter(states.unused(now)).iterator():
        yield Reminder(key=key, kind="keys-unused", about=_last_day(key))


def _last_day(key: ApiKey) -> date:
    """Return the day of a key's last call, or of its making: if it is used and rests again, that is told again.

    Of a call that is forgotten by now the day is the one that was told.
    """
    last = KeyUse.objects.filter(key_id=key.pk).order_by("-hour").values_list("hour", flat=True).first()
    if last:
        return last.date()
    told = Reminder.objects.filter(key=key, kind="keys-unused").order_by("-about").first()
    return told.about if told else key.created_at.date()


def _remind(reminder: Reminder, key: ApiKey) -> bool:
    """Tell of one key; False if that was told before."""
    if _was_given([reminder]):
        return False
    audience = audience_of(key)
    with transaction.atomic():
        if not _note([reminder]):
            return False
        if reminder.kind == "key-expiring":
            publish(key.project.organization_id, "key.expiring", key.pk)
        tell(reminder.kind, key.pk, audience)
    return True


def audience_of(key: ApiKey) -> Sequence[UUID]:
    """Return who looks after a key: its maker, else those who manage the organization."""
    if key.is_personal and key.created_by_id and not key.orphaned_at:
        return [key.created_by_id]
    return of_managers(key.project.organization)


def _remind_together(kind: str, reminders: Iterable[Reminder]) -> int:
    """Tell those who manage an organization of its keys, if there is one they were not told of."""
    by_organization: dict[Organization, list[Reminder]] = defaultdict(list)
    for reminder in reminders:
        by_organization[reminder.key.project.organization].append(reminder)
    told = 0
    for organization, some in by_organization.items():
        if _was_given(some):
            continue
        audience = of_managers(organization)
        with transaction.atomic():
            if new := _note(some):
                tell(kind, organization.pk, audience)
                told += new
    return told


def _was_given(reminders: Sequence[Reminder]) -> bool:
    """Tell, before roles are opened for it, whether nothing is new of all this; of one kind, in one query."""
    given = Reminder.objects.filter(kind=reminders[0].kind, key__in=[each.key for each in reminders])
    known = set(given.values_list("key", "about", "days"))
    return all((each.key_id, each.about, each.days) in known for each in reminders)


def _note(reminders: Sequence[Reminder]) -> int:
    """Write down what is told now; return how much of it is new. Of two workers at once one finds it so."""
    new = 0
    for each in reminders:
        _, is_new = Reminder.objects.get_or_create(key=each.key, kind=each.kind, about=each.about, days=each.days)
        new += is_new
    return new
