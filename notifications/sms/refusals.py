"""What carriers' failures mean to us, whoever the carrier is. None of them says a number or a text."""

from notifications.failure import DeliveryError

STOPPED = "sms-stopped"
UNANSWERED = "sms-unanswered"


def stopped() -> DeliveryError:
    """The recipient told the carrier to stop."""
    return DeliveryError(STOPPED, permanent=True)


def invalid_number() -> DeliveryError:
    return DeliveryError("sms-invalid-number", permanent=True)


def throttled() -> DeliveryError:
    return DeliveryError("sms-throttled", permanent=False)


def not_let_in() -> DeliveryError:
    """Our credentials or permissions are wrong: an operator mends them, and the message goes then."""
    return DeliveryError("sms-credentials", permanent=False)


def broken() -> DeliveryError:
    """The carrier answered that it failed, or nothing that makes sense."""
    return DeliveryError("sms-provider-failed", permanent=False)


def unreachable() -> DeliveryError:
    """The message never left."""
    return DeliveryError("sms-provider-unreachable", permanent=False)


def unanswered() -> DeliveryError:
    """The message left, and nobody knows whether it goes out."""
    return DeliveryError(UNANSWERED, permanent=False)
