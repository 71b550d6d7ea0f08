"""Which transport carries which channel. Each is one function of a message; False if there was nothing to say."""

from collections.abc import Callable, Mapping

from notifications import email
from notifications.models import Channel, OutboxMessage
from notifications.sms import deliver as sms
from notifications.webhooks import delivery as webhooks

Deliver = Callable[[OutboxMessage], bool]
DELIVER: Mapping[str, Deliver] = {
    Channel.EMAIL: email.deliver,
    Channel.WEBHOOK: webhooks.deliver,
    Channel.SMS: sms.deliver,
}
