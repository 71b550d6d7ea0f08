from notifications.models.delivery import Delivery
from notifications.models.delivery_hour import DeliveryHour, Outcome
from notifications.models.endpoint import Because, Endpoint
from notifications.models.heartbeat import Heartbeat
from notifications.models.outbox import Channel, OutboxMessage, Priority
from notifications.models.signing_secret import SigningSecret
from notifications.models.sms_count import SmsCount
from notifications.models.suppression import Reason, Suppression
from notifications.models.turn import Turn

__all__ = [
    "Because",
    "Channel",
    "Delivery",
    "DeliveryHour",
    "Endpoint",
    "Heartbeat",
    "OutboxMessage",
    "Outcome",
    "Priority",
    "Reason",
    "SigningSecret",
    "SmsCount",
    "Suppression",
    "Turn",
]
