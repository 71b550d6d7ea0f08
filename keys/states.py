"""The state of a key: one word for people and programs, as queries and as rows see it."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from keys.lifetimes import EXPIRING
from keys.models import ApiKey, KeyUse

UNUSED = timedelta(days=90)


class State(StrEnum):
    ACTIVE = "active"
    LEAKED = "leaked"
    ROTATING = "rotating"  # its successor is there, and it works until the overlap ends
    EXPIRING = "expiring"
    EXPIRED = "expired"
    ROTATED = "rotated"  # the overlap is over
    REVOKED = "revoked"

    @property
    def words(self) -> str:
        return str(_TITLES[self])

    @property
    def tone(self) -> str:
        return _TONES[self]


_TITLES: dict[State, Promise] = {
    State.ACTIVE: gettext_lazy("Active"),
    State.LEAKED: gettext_lazy("Leaked"),
    State.ROTATING: gettext_lazy("Being rotated"),
    State.EXPIRING: gettext_lazy("Expiring"),
    State.EXPIRED: gettext_lazy("Expired"),
    State.ROTATED: gettext_lazy("Rotated"),
    State.REVOKED: gettext_lazy("Revoked"),
}
_TONES = {
    State.ACTIVE: "ok",
    State.LEAKED: "bad",
    State.ROTATING: "live",
    State.EXPIRING: "warn",
    State.EXPIRED: "off",
    State.ROTATED: "off",
    State.REVOKED: "off",
}


def state_of(key: ApiKey, now: datetime) -> State:
    """Return the state that says most: what ended it, else what somebody should look at."""
    if key.revoked_at:
        return State.REVOKED
    if key.expires_at and key.expires_at <= now:
        return State.EXPIRED
    if key.ends_at:
        over = key.ends_at <= now
        return State.ROTATED if over else State.LEAKED if key.leaked_at else State.ROTATING
    if key.leaked_at:
        return State.LEAKED
    return State.EXPIRING if key.expires_at and key.expires_at - now <= EXPIRING else State.ACTIVE


def active(now: datetime) -> Q:
    lasting = Q(expires_at=None) | Q(expires_at__gt=now)
    return lasting & (Q(ends_at=None) | Q(ends_at__gt=now)) & Q(revoked_at=None)


def where(state: State, now: datetime) -> Q:
    """Return the keys of which `state_of` says so."""
    alive, unleaked = active(now), Q(leaked_at=None)
    gone = Q(expires_at__lte=now)
    soon = Q(expires_at__lte=now + EXPIRING)
    found = {
        State.REVOKED: ~Q(revoked_at=None),
        State.EXPIRED: Q(revoked_at=None) & gone,
        State.ROTATED: Q(revoked_at=None, ends_at__lte=now) & (Q(expires_at=None) | Q(expires_at__gt=now)),
        State.LEAKED: alive & ~unleaked,
        State.ROTATING: alive & unleaked & ~Q(ends_at=None),
        State.EXPIRING: alive & unleaked & Q(ends_at=None) & soon,
        State.ACTIVE: alive & unleaked & Q(ends_at=None) & ~(Q(expires_at__isnull=False) & soon),
    }
    return found[state]


def orphaned(now: datetime) -> Q:
    return active(now) & ~Q(orphaned_at=None)


def unused(now: datetime) -> Q:
    """Return the keys that work, are older than ninety days, and made no call in these."""
    since = now - UNUSED
    used = KeyUse.objects.filter(key_id=OuterRef("pk"), hour__gte=since)
    return active(now) & Q(created_at__lt=since) & ~Q(Exists(used))


def attention(now: datetime) -> Q:
    """Return the keys that somebody should look at."""
    return where(State.LEAKED, now) | where(State.EXPIRING, now) | orphaned(now) | unused(now)
