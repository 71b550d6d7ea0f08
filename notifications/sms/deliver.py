"""Sending a text: opens one number to send one message, under the purpose that allows just that."""

from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string

from ledger.actor import Actor
from notifications import fingerprints, suppressions
from notifications.failure import DeliveryError
from notifications.models import Channel, Reason
from notifications.notices import Text
from notifications.sms import caps, refusals, transport
from notifications.sms.segments import fits_one
from notifications.sms.transport import Transport
from vault.disclosure import disclose
from vault.purposes import Purpose

WORKER = Actor.system("notifications")


def deliver(text: Text, message_id: UUID) -> None:
    """Render and send a text; the number is in memory only between the opening and the hand-over.

    Nothing is opened for a text that does not fit one segment, for nobody's number, and without a transport. Sent is
    what the transport took: carriers have no id by which a text that comes twice is known, so a try after a silence
    may send it again.
    """
    carrier, body = transport.chosen(), _rendered(text)
    phone, field = text.to.phone, type(text.to).phone  # type: ignore[attr-defined]
    if phone is None:
        raise DeliveryError("sms-no-number", permanent=True)
    with disclose(Purpose.SMS, actor=WORKER, tenant=text.to.pk, fields=[field], subjects=[text.to.pk]) as scope:
        number = fingerprints.e164(scope.open(phone))
        if number is None:
            raise refusals.invalid_number()
        suppressions.refuse_suppressed(Channel.SMS, fingerprints.of_number(number), message_id)
        with caps.counted(text.to.pk, number):
            _hand_over(carrier, number, body)


def _rendered(text: Text) -> str:
    context = {"product_name": "Llama console", "origin": settings.CONSOLE_ORIGIN, **text.context}
    body = render_to_string(f"{text.template}.txt", context).strip()
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
