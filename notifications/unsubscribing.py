"""Unsubscribing: a link in a letter that ends letters of its kind, without signing in (RFC 8058).

The link holds the recipient's id and the kind, signed; it can do nothing else, and works as long as SECRET_KEY does.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications import preferences, recipients
from notifications.kinds import KINDS, Kind
from notifications.kinds.summary import SUMMARY
from notifications.models import Channel, Choice
from notifications.recipients import Recipient

_SALT = "notifications.unsubscribing"
_LINK = Actor.system("unsubscribe-link")  # it proves that somebody has the letter, and not who


@dataclass(frozen=True, slots=True)
class Subscription:
    to: Recipient
    kind: Kind

    @property
    def is_summary(self) -> bool:
        return self.kind.name == SUMMARY

    def end(self) -> None:
        """End these letters, on the record. Ending the summary ends what comes in it."""
        with transaction.atomic():
            if changed := self._switch_off():
                record_event(
                    _LINK,
                    Action.PREFERENCES_CHANGED,
                    target=self.to.pk,
                    organization_id=self.to.vault_tenant,
                    choices=changed,
                )

    def _switch_off(self) -> int:
        if self.is_summary:
            return preferences.end_summaries(self.to.pk)
        return preferences.choose(self.to.pk, [self.kind], {(self.kind.name, Channel.EMAIL): Choice.OFF})


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
    to = recipients.find([whose]).get(whose)
    return Subscription(to, kind) if to and kind and is_optional(kind) else None
