"""What kinds of message and their channels are called where people read about them."""

from notifications.models import Channel

CHANNELS = {Channel.EMAIL: "Email", Channel.SMS: "Text message", Channel.WEBHOOK: "Webhook"}


def title_of(kind: str) -> str:
    """Return the name of a kind as people read it."""
    words = kind.replace("-", " ").replace(".", " ")
    return words[:1].upper() + words[1:]


def title_of_channel(channel: str) -> str:
    return CHANNELS[Channel(channel)]
