"""Which transport carries which kind of message. Each is one function: what to send, and the message's id."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from notifications import email
from notifications.models import Channel
from notifications.sms import deliver as sms
from notifications.webhooks import delivery as webhooks

Deliver = Callable[[Any, UUID], None]
DELIVER: Mapping[str, Deliver] = {
    Channel.EMAIL: email.deliver,
    Channel.WEBHOOK: webhooks.deliver,
    Channel.SMS: sms.deliver,
}
