from uuid import UUID

from celery import shared_task
from django.utils import timezone

from notifications import outbox
from notifications.models import Heartbeat


@shared_task(name="notifications.relay_outbox")
def relay_outbox() -> None:
    now = timezone.now()
    Heartbeat.objects.update_or_create(part="worker", defaults={"at": now})
    for message_id in outbox.claim_due(now):
        send_message.delay(str(message_id))


@shared_task(name="notifications.send_message")
def send_message(message_id: str) -> None:
    outbox.send(UUID(message_id))
