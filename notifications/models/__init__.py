from notifications.models.delivery import Delivery
from notifications.models.delivery_hour import DeliveryHour, Outcome
from notifications.models.digest_item import DigestItem
from notifications.models.endpoint import Because, Endpoint
from notifications.models.heartbeat import Heartbeat
from notifications.models.outbox import Channel, OutboxMessage, Priority
from notifications.models.preference import Choice, Preference, QuietHours
from notifications.models.signing_secret import SigningSecret
from notifications.models.suppression import Reason, Suppression
from notifications.models.turn import Turn
from notifications.models.window_count import WindowCount

__all__ = [
    "Because",
    "Channel",
    "Choice",
    "Delivery",
    "DeliveryHour",
    "DigestItem",
    "Endpoint",
    "Heartbeat",
    "OutboxMessage",
    "Outcome",
    "Preference",
    "Priority",
    "QuietHours",
    "Reason",
    "SigningSecret",
    "Suppression",
    "Turn",
    "WindowCount",
]
