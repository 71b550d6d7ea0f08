"""Unsubscribing: a link in a letter that ends letters of its kind, without signing in (RFC 8058).

The link holds the recipient's id and the kind, signed; it can do nothing else, and works as long as SECRET_KEY does.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from notifications import preferences, recipients
from notifications.kinds import KINDS, Kind
from notifications.kinds.summary import SUMMARY
from notifications.models import Channel, Choice

_SALT = "notifications.unsubscribing"


@dataclass(frozen=True, slots=True)
class Subscription:
    recipient_id: UUID
    kind: Kind

    @property
    def is_summary(self) -> bool:
        return self.kind.name == SUMMARY

    def end(self) -> None:
        """End these letters. Ending the summary ends what is in it."""
        if self.is_summary:
            preferences.end_summaries(self.recipient_id)
        else:
            preferences.choose(self.recipient_id, [self.kind], {(self.kind.name, Channel.EMAIL): Choice.OFF})


def is_optional(kind: Kind) -> bool:
    """Tell whether its recipients can end letters of a kind by a link in one."""
    return kind.name == SUMMARY or Choice.OFF in preferences.options(kind, Channel.EMAIL)


def url(recipient_id: UUID, kind: Kind) -> str:
    token = signing.dumps([recipient_id.hex, kind.name], salt=_SALT)
    return settings.CONSOLE_ORIGIN + reverse("unsubscribe", args=[token])


def headers(url: str) -> dict[str, str]:
    """Return what lets a mail program offer a button of its own."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read(token: str) -> Subscription | None:
    """Return what a link can end; None for one that is not ours, and where nobody or nothing is there to end."""
    try:
        recipient_id, name = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    kind, whose = KINDS.get(name), UUID(recipient_id)
    if kind is None or not is_optional(kind) or not recipients.find([whose]):
        return None
    return Subscription(whose, kind)
