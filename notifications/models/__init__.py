from notifications.models.delivery import Delivery
from notifications.models.endpoint import Because, Endpoint
from notifications.models.heartbeat import Heartbeat
from notifications.models.outbox import Channel, OutboxMessage, Priority
from notifications.models.signing_secret import SigningSecret
from notifications.models.turn import Turn

__all__ = [
    "Because",
    "Channel",
    "Delivery",
    "Endpoint",
    "Heartbeat",
    "OutboxMessage",
    "Priority",
    "SigningSecret",
    "Turn",
]
