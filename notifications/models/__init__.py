from notifications.models.heartbeat import Heartbeat
from notifications.models.outbox import Channel, OutboxMessage, Priority
from notifications.models.turn import Turn

__all__ = ["Channel", "Heartbeat", "OutboxMessage", "Priority", "Turn"]
