"""Unsubscribing: a link in a letter that ends letters of its kind, without signing in (RFC 8058).

The link holds the recipient's id and the kind, signed; it can do nothing else, and works as long as SECRET_KEY does.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from notifications import preferences
from notifications.kinds import KINDS, Kind
from notifications.kinds.summary import SUMMARY
from notifications.models import Channel, Choice

_SALT = "notifications.unsubscribing"


@dataclass(frozen=True, slots=True)
class Subscription:
    recipient_id: UUID
    kind: Kind

    def end(self) -> None:
        if self.kind.name == SUMMARY:
            preferences.end_summaries(self.recipient_id)
        preferences.choose(self.recipient_id, [self.kind], {(self.kind.name, Channel.EMAIL): Choice.OFF})


def url(recipient_id: UUID, kind: Kind) -> str:
    token = signing.dumps([recipient_id.hex, kind.name], salt=_SALT)
    return settings.CONSOLE_ORIGIN + reverse("unsubscribe", args=[token])


def headers(url: str) -> dict[str, str]:
    """Return what lets a mail program offer a button of its own."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read(token: str) -> Subscription | None:
    """Return what a link is about; None for one that is not ours, or about a kind there is no more."""
    try:
        recipient_id, name = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Subscription(UUID(recipient_id), KINDS[name]) if name in KINDS else None
