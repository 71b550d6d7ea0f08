"""The boundary to whoever carries text messages. A setting chooses; nothing else knows a provider."""

from typing import Protocol

from django.conf import settings

from notifications.failure import DeliveryError
from notifications.sms import sns, twilio


class Transport(Protocol):
    def send(self, number: str, text: str) -> None:
        """Hand a text over to be sent to an E.164 number, or raise `DeliveryError`; seldom both, after a silence."""


def chosen() -> Transport:
    """Return the transport of the settings. Without one it is for an operator to mend: the message waits."""
    if settings.SMS_PROVIDER == "twilio":
        return twilio.Twilio(settings.TWILIO_URL, settings.TWILIO_ACCOUNT, settings.TWILIO_TOKEN, settings.TWILIO_FROM)
    if settings.SMS_PROVIDER == "sns":
        return sns.Sns(settings.SNS_REGION, settings.SNS_ENDPOINT_URL)
    raise DeliveryError("sms-not-configured", permanent=False)
