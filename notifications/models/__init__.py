from notifications.models.heartbeat import Heartbeat
from notifications.models.outbox import Channel, OutboxMessage, Priority
from notifications.models.sms_count import SmsCount
from notifications.models.suppression import Reason, Suppression
from notifications.models.turn import Turn

__all__ = ["Channel", "Heartbeat", "OutboxMessage", "Priority", "Reason", "SmsCount", "Suppression", "Turn"]
