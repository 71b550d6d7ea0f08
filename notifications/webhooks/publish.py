"""Publishing: one message to each endpoint that subscribed to a kind of event."""

from uuid import UUID

from notifications import outbox
from notifications.models import Channel, Endpoint, OutboxMessage
from notifications.webhooks.kinds import TEST


def publish(organization_id: UUID, kind: str, subject_id: UUID) -> list[OutboxMessage]:
    """Write the messages of an event into the surrounding transaction; they go out only if it commits."""
    enabled = Endpoint.objects.of(organization_id).enabled()
    # An organization has few endpoints, and not both databases can look into JSON alike.
    subscribed = [endpoint.pk for endpoint in enabled.only("kinds") if kind in endpoint.kinds]
    return [outbox.put(kind, subject_id, recipient_id=pk, channel=Channel.WEBHOOK) for pk in subscribed]


def send_test(endpoint: Endpoint) -> OutboxMessage | None:
    """Send an event that means nothing; None while the endpoint is disabled."""
    if not endpoint.is_enabled:
        return None
    return outbox.put(TEST, endpoint.pk, recipient_id=endpoint.pk, channel=Channel.WEBHOOK)


def redeliver(endpoint: Endpoint, message_id: UUID) -> bool:
    """Send an event again under its webhook-id; False if it is waiting anyway, or is none of this endpoint's."""
    if not endpoint.is_enabled:
        return False
    return bool(outbox.repeat(OutboxMessage.objects.filter(pk=message_id, recipient_id=endpoint.pk)))
