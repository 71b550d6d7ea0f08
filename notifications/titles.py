"""What kinds of message and their channels are called where people read about them."""

from notifications.kinds import KINDS
from notifications.models import Channel
from notifications.webhooks import kinds as webhooks

CHANNELS = {Channel.EMAIL: "Email", Channel.SMS: "Text message", Channel.WEBHOOK: "Webhook"}


def title_of(kind: str) -> str:
    """Return the title of a kind; of one that there is no more, its name."""
    return str(KINDS[kind].title) if kind in KINDS else webhooks.title_of(kind)


def title_of_channel(channel: str) -> str:
    return CHANNELS[Channel(channel)]
