"""Sending a text: opens one number to send one message, under the purpose that allows just that."""

from django.utils import timezone

from ledger.actor import Actor
from notifications import fingerprints, suppressions
from notifications.composing import compose
from notifications.failure import DeliveryError, NotNow
from notifications.models import Channel, OutboxMessage, Reason
from notifications.preferences import quiet_until
from notifications.sms import caps, refusals, transport
from notifications.sms.numbers import e164, is_for_texts
from notifications.sms.segments import fits_one
from notifications.sms.transport import Transport
from vault.disclosure import open_once
from vault.purposes import Purpose

WORKER = Actor.system("notifications")


def deliver(message: OutboxMessage) -> bool:
    """Compose and send a text; the number is in memory only between the opening and the hand-over.

    Nothing is opened for a text that does not fit one segment, for nobody's number, at a quiet hour, and without a
    transport. Sent is what the transport took: carriers have no id by which a text that comes twice is known, so a try
    after a silence may send it again.
    """
    composed = compose(message)
    if composed is None:
        return False
    to, carrier, body = composed.to, transport.chosen(), _one_segment(composed.wording.short)
    if to.phone is None:
        raise DeliveryError("sms-no-number", permanent=True)
    if until := quiet_until(to.pk, composed.kind, timezone.now(), to.time_zone):
        raise NotNow(until)
    number = e164(open_once(Purpose.SMS, to.phone, actor=WORKER, message=message.pk))
    if number is None or not is_for_texts(number):
        raise refusals.invalid_number()
    suppressions.refuse_suppressed(Channel.SMS, fingerprints.of_number(number), message.pk)
    with caps.counted(to.vault_tenant, number):
        _hand_over(carrier, number, body)
    return True


def _one_segment(body: str) -> str:
    if not body or not fits_one(body):
        raise DeliveryError("sms-not-one-segment", permanent=True)
    return body


def _hand_over(carrier: Transport, number: str, body: str) -> None:
    try:
        carrier.send(number, body)
    except DeliveryError as error:
        if error.code == refusals.STOPPED:
            suppressions.suppress(Channel.SMS, fingerprints.of_number(number), Reason.STOPPED)
        raise
