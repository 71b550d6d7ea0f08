"""Email, by SMTP or by a provider: opens one address to send one letter, under the purpose that allows just that."""

import smtplib
from email.errors import MessageError
from urllib.parse import urlsplit

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError, EmailMessage
from django.core.validators import validate_email

from ledger.actor import Actor
from notifications import fingerprints, post, rendering, suppressions
from notifications.composing import compose
from notifications.failure import DeliveryError
from notifications.letter import Letter
from notifications.models import Channel, OutboxMessage, Reason
from vault.disclosure import open_once
from vault.purposes import Purpose

_REFUSED = "recipient-refused"
_PASSING = {401, 403, 408, 429}
WORKER = Actor.system("notifications")


def deliver(message: OutboxMessage) -> bool:
    """Compose, render and send a letter; the address is in memory only between the opening and the hand-over.

    Each try of a message has the same Message-ID, by which a mail server can tell that it has it already.
    """
    composed = compose(message)
    if composed is None:
        return False
    mail, headers = rendering.mail(composed), _headers(message)
    address = open_once(Purpose.EMAIL_NOTIFICATION, composed.to.email, actor=WORKER, message=message.pk)
    fingerprint = fingerprints.of_email(address)
    suppressions.refuse_suppressed(Channel.EMAIL, fingerprint, message.pk)
    _hand_over(Letter(mail.subject, mail.text, mail.html, address, headers | mail.headers), fingerprint)
    return True


def _headers(message: OutboxMessage) -> dict[str, str]:
    host = urlsplit(settings.CONSOLE_ORIGIN).hostname
    return {"Message-ID": f"<{message.pk}@{host}>", "Auto-Submitted": "auto-generated"}


def _hand_over(message: EmailMessage, fingerprint: str) -> None:
    try:
        _send(message)
    except DeliveryError as error:
        if error.code == _REFUSED and error.permanent:
            suppressions.suppress(Channel.EMAIL, fingerprint, Reason.REFUSED)
        raise


def _send(message: EmailMessage) -> None:
    # The errors' texts hold addresses: only their class and code go on from here.
    try:
        validate_email(message.to[0])  # Django sends to nobody, or to a mailbox on the server itself, without a word
        post.send(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise DeliveryError(_REFUSED, permanent=all(code >= 500 for code in codes)) from None
    except smtplib.SMTPResponseException as error:
        raise DeliveryError(f"smtp-{error.smtp_code}", permanent=error.smtp_code >= 500) from None
    except AnymailRecipientsRefused:
        raise DeliveryError(_REFUSED, permanent=True) from None
    except (BadHeaderError, MessageError):
        raise DeliveryError("bad-header", permanent=True) from None
    except (ValidationError, ValueError):
        raise DeliveryError("invalid-address", permanent=True) from None
    except AnymailError as error:
        raise _refusal(error.status_code) from None
    except (smtplib.SMTPException, OSError):
        raise DeliveryError("mail-server-unreachable", permanent=False) from None


def _refusal(status: int | None) -> DeliveryError:
    """Return what a provider's answer means. Credentials and quotas are for an operator to mend: the message waits."""
    if status is None or status < 400:
        return DeliveryError("mail-provider-failed", permanent=False)
    return DeliveryError(f"mail-provider-{status}", permanent=status < 500 and status not in _PASSING)
