"""Suppressions: who asked for silence, and where nobody is, gets nothing more.

Asked before any transport is called. Security email is tried again once SUPPRESSION_SECURITY is over: a bounce by
mistake must not lock a person out for ever. A STOP to text messages holds for all of them, until START.
"""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import INSTALLATION
from ledger.models import Action
from notifications.failure import DeliveryError
from notifications.models import Channel, OutboxMessage, Priority, Reason, Suppression


def suppress(channel: Channel, fingerprint: str, reason: Reason) -> None:
    """Send nothing there any more; a repeated reason starts its time anew."""
    Suppression.objects.update_or_create(
        channel=channel, fingerprint=fingerprint, defaults={"reason": reason, "at": timezone.now()}
    )


def lift(channel: Channel, fingerprint: str) -> bool:
    """Send there again; False if nothing was suppressed."""
    return bool(Suppression.objects.filter(channel=channel, fingerprint=fingerprint).delete()[0])


def find(channel: Channel, fingerprint: str) -> Suppression | None:
    return Suppression.objects.filter(channel=channel, fingerprint=fingerprint).first()


def lift_by_hand(actor: Actor, found: Suppression) -> bool:
    """Send there again because somebody decided so; False if it was lifted before. The event does not say where."""
    with transaction.atomic():
        if not Suppression.objects.filter(pk=found.pk).delete()[0]:
            return False
        record_event(
            actor,
            Action.SUPPRESSION_LIFTED,
            target=found.channel,
            organization_id=INSTALLATION,
            reason=found.reason,
        )
    return True


def counts() -> list[tuple[str, str, int]]:
    """Return how many there are of each channel and reason."""
    counted = Suppression.objects.values_list("channel", "reason").annotate(count=Count("pk"))
    return list(counted.order_by("channel", "reason"))


def refuse_suppressed(channel: Channel, fingerprint: str, message_id: UUID) -> None:
    """Raise DeliveryError `suppressed` if this message may not go there."""
    found = find(channel, fingerprint) if Suppression.objects.has(channel, fingerprint) else None
    if found and not (_is_over(found) and _is_security(message_id)):
        raise DeliveryError("suppressed", permanent=True)


def _is_over(found: Suppression) -> bool:
    """Tell whether a suppression is old enough for security email to be tried again."""
    return found.channel == Channel.EMAIL and timezone.now() - found.at >= settings.SUPPRESSION_SECURITY


def _is_security(message_id: UUID) -> bool:
    return OutboxMessage.objects.filter(pk=message_id, priority=Priority.SECURITY).exists()
