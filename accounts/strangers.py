"""Mail to people who did not ask for it: how much of it, and that a no is remembered.

An address is named by an organization and not by its owner, so one mailbox gets little from each organization, and
little from all of them together. What other organizations sent tells nobody anything: their mail only makes a letter
wait. All is kept by fingerprints; under a new SECRET_KEY it is forgotten.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Refusal
from notifications import fingerprints, outbox
from notifications.kinds import KINDS
from notifications.models import OutboxMessage, WindowCount
from notifications.windows import Caps, counters, give_back, take
from vault.blind_index import normalise_email

REMEMBERED = timedelta(days=180)
CAPS: Caps = {
    "invited-day": 1,  # of an organization to an address
    "asked-day": 3,  # the same, of questions to billing contacts
}
_FROM_ALL, _MOST_FROM_ALL = "stranger-day", 3
_LATEST = 7  # days that a letter waits for others' letters


def admits(scope: str, organization_id: UUID, address: str) -> bool:
    """Count a letter of an organization to an address; False if that was enough for today."""
    return take(counters(scope, _fingerprint(organization_id, address), CAPS), CAPS)


def take_back(scope: str, organization_id: UUID, address: str) -> None:
    """Count one letter less: it was not written after all."""
    give_back(counters(scope, _fingerprint(organization_id, address), CAPS))


def put(kind: str, to: UUID, address: str) -> None:
    """Write a letter to the row `to` about itself, for a day on which its mailbox gets few of all organizations."""
    at = _day_for(address)
    message = OutboxMessage(kind=kind, priority=KINDS[kind].priority, subject_id=to, recipient_id=to)
    message.run_at = message.due_at = at
    outbox.put_many([message])


def _day_for(address: str) -> datetime:
    """Count a letter on the first day that admits it, and return when it goes: now, or when that day begins."""
    now = timezone.now()
    today, mailbox = now.replace(hour=0, minute=0, second=0, microsecond=0), fingerprints.of_email(address)
    for day in (today + timedelta(days=number) for number in range(_LATEST)):
        if WindowCount.objects.add_below(_MOST_FROM_ALL, scope=_FROM_ALL, key=mailbox, start=day):
            return max(day, now)
    return today + timedelta(days=_LATEST)


def remember_refusal(organization_id: UUID, address: str) -> None:
    Refusal.objects.update_or_create(
        organization_id=organization_id,
        fingerprint=_fingerprint(organization_id, address),
        defaults={"at": timezone.now()},
    )


def refused(organization_id: UUID, addresses: Iterable[str]) -> set[str]:
    """Return the addresses whose owners said no to this organization, not long ago."""
    prints = {address: _fingerprint(organization_id, address) for address in addresses}
    recent = Refusal.objects.since(timezone.now() - REMEMBERED).filter(organization=organization_id)
    known = set(recent.filter(fingerprint__in=prints.values()).values_list("fingerprint", flat=True))
    return {address for address, fingerprint in prints.items() if fingerprint in known}


def forget_old(now: datetime) -> int:
    return Refusal.objects.before(now - REMEMBERED).delete()[0]


def _fingerprint(organization_id: UUID, address: str) -> str:
    return fingerprints.of_other("stranger", f"{organization_id} {normalise_email(address)}")
