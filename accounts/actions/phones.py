"""The phone that texts go to: a new number counts once a code that went there was typed, and the former one is told.

`User.phone` holds nothing but a proven number, so no text but that code goes to a number that nobody has proven.
"""

import hmac
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actions.verification import hash_code, new_code
from accounts.models import SparePhone, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action, AuditEvent
from notifications import outbox, preferences, windows
from notifications.models import Channel, WindowCount
from notifications.sms import caps
from notifications.telling import tell
from vault.disclosure import disclose
from vault.purposes import Purpose

CODE_LASTS = timedelta(minutes=10)
_CAPS = {"phone-change-hour": 5, "phone-change-day": 10}  # codes that one person asks for
_WAITS = timedelta(hours=1)  # for the text to go out
_FAREWELL = timedelta(days=1)
_TRIES = 5  # of a code, over all sessions


def request_phone(user: User, number: str, *, source: str) -> bool:
    """Send a code to a new number (E.164), as asked from `source`; False if that was asked for too often."""
    with transaction.atomic():
        _lock(user)
        if not _take(user):
            return False
        user.spare_phones.pending(timezone.now()).delete()
        _send_code(user.spare_phones.create(phone=number, expires_at=timezone.now() + _WAITS), source)
    return True


def send_again(user: User, *, source: str) -> bool:
    """Send a new code to the number that waits, and end the former one; False if none waits, or too often."""
    with transaction.atomic():
        _lock(user)
        spare = user.spare_phones.pending(timezone.now()).first()
        if spare is None or not _take(user):
            return False
        spare.code_hash, spare.expires_at = None, timezone.now() + _WAITS
        spare.save(update_fields=["code_hash", "expires_at"])
        _send_code(spare, source)
    return True


def issue_code(spare: SparePhone) -> str | None:
    """Make the code and return it, good for ten minutes; only its hash is kept. None if nobody waits for it."""
    code, now = new_code(), timezone.now()
    kept = {"code_hash": hash_code(spare.user_id, code), "expires_at": now + CODE_LASTS}
    return code if SparePhone.objects.pending(now).filter(pk=spare.pk).update(**kept) else None


def confirm_phone(user: User, code: str) -> bool:
    """Send texts to the number that a code proves. After a few wrong ones a new code is needed."""
    spare = user.spare_phones.pending(timezone.now()).exclude(code_hash=None).first()
    if spare is None or spare.code_hash is None:
        return False
    kept = bytes(spare.code_hash)
    # Counted before the look and in one statement, so that tries at once don't slip through.
    if not WindowCount.objects.add_below(_TRIES, scope="phone-code", key=kept.hex(), start=spare.expires_at):
        return False
    if not hmac.compare_digest(kept, hash_code(user.pk, code)):
        return False
    with transaction.atomic():
        current = _lock(user)
        proven = current.spare_phones.pending(timezone.now()).filter(pk=spare.pk, code_hash=kept).first()
        if proven is None:
            return False
        _exchange(current, proven)
    return True


def remove_phone(user: User) -> bool:
    """Send no more texts; what was chosen to come by text ends, too. False if there is no number."""
    with transaction.atomic():
        current = _lock(user)
        if current.phone is None:
            return False
        (former,) = _open(current)
        _remove(current, former)
    return True


def remove_newer(user: User, since: datetime) -> None:
    """Remove a number that came since a moment, when it may not have been its person who gave it; it is not told."""
    changes = AuditEvent.objects.filter(organization_id=None, target=str(user.pk), action=Action.PHONE_CHANGED)
    with transaction.atomic():
        current = _lock(user)
        current.spare_phones.pending(timezone.now()).delete()
        if current.phone is not None and changes.filter(at__gte=since).exists():
            _remove(current, "")


def purge(now: datetime) -> int:
    """Delete numbers that were never proven, and former ones after a day; return how many."""
    return SparePhone.objects.filter(expires_at__lt=now).delete()[0]


def _remove(user: User, former: str) -> None:
    user.phone = None
    user.save(update_fields=["phone"])
    user.spare_phones.pending(timezone.now()).delete()
    preferences.end_texts(user.pk)
    _tell(user, Action.PHONE_REMOVED, former)


def _exchange(user: User, spare: SparePhone) -> None:
    *former, number = _open(user, spare)
    spare.delete()
    user.phone = number
    user.save(update_fields=["phone"])
    _tell(user, Action.PHONE_CHANGED, former[0] if former and former[0] != number else "")


def _open(user: User, *spares: SparePhone) -> list[str]:
    """Return the proven number, if there is one, and then the spare ones."""
    values = [value for value in (user.phone, *(spare.phone for spare in spares)) if value is not None]
    with disclose(
        Purpose.OWN_ACCOUNT,
        actor=Actor.user(user.pk),
        tenant=user.vault_tenant,
        fields=[User.phone, SparePhone.phone] if spares else [User.phone],
        subjects=[user.pk, *(spare.pk for spare in spares)],
    ) as scope:
        numbers: list[str] = scope.open_all(values)
    return numbers


def _tell(user: User, action: Action, former: str) -> None:
    """Record a change, and tell of it by email and at the former number."""
    event = record_event(Actor.user(user.pk), action, target=user.pk)
    tell("phone-changed", event.pk, [user.pk])
    if former:
        left = user.spare_phones.create(phone=former, is_former=True, expires_at=timezone.now() + _FAREWELL)
        tell("phone-left", event.pk, [left.pk])


def _send_code(spare: SparePhone, source: str) -> None:
    record_event(Actor.user(spare.user_id), Action.PHONE_CHANGE_REQUESTED, target=spare.user_id)
    outbox.put("verify-phone", spare.pk, recipient_id=spare.pk, channel=Channel.SMS, source=caps.source_of(source))


def _take(user: User) -> bool:
    return windows.take(windows.counters("phone-change", user.pk.hex, _CAPS), _CAPS)


def _lock(user: User) -> User:
    """Take the person's row: changes of one person's phone come one after another."""
    return User.objects.select_for_update().get(pk=user.pk)
