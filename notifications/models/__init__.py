from notifications.models.heartbeat import Heartbeat
from notifications.models.outbox import OutboxMessage

__all__ = ["Heartbeat", "OutboxMessage"]
