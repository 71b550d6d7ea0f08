"""What email providers tell later: mail that came back, and mail that was called spam."""

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from notifications import fingerprints, suppressions
from notifications.models import Channel, Reason

_NOBODY = {None, RejectReason.BOUNCED, RejectReason.INVALID}  # and not a server that is slow or dislikes us
_WISHES = {EventType.COMPLAINED: Reason.COMPLAINED, EventType.UNSUBSCRIBED: Reason.STOPPED}


def note(event: AnymailTrackingEvent, **more: Any) -> None:
    """Suppress the address of an event after which nothing should go there; anymail's receiver."""
    reason = _WISHES.get(event.event_type)
    if event.event_type == EventType.BOUNCED and event.reject_reason in _NOBODY:
        reason = Reason.BOUNCED
    if reason and event.recipient:
        suppressions.suppress(Channel.EMAIL, fingerprints.of_email(event.recipient), reason)
