"""The notice of the daily summary: composes each of its items as it would have been sent alone."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from notifications.kinds import KINDS
from notifications.models import DigestItem
from notifications.notices import Facts, notice, notice_of
from notifications.recipients import Recipient
from notifications.wording import Item

_MOST = 30  # items; the rest is counted


@notice("summary")
def summary(digest_id: UUID, to: Recipient) -> Facts | None:
    found = DigestItem.objects.filter(digest_id=digest_id)
    items = [item for each in found.order_by("id")[:_MOST] if (item := _item(each, to))]
    if not items:
        return None
    url = settings.CONSOLE_ORIGIN + reverse("accounts:notifications")
    return {"items": items, "more": max(0, found.count() - _MOST), "url": url}


def _item(entered: DigestItem, to: Recipient) -> Item | None:
    facts = notice_of(entered.kind)(entered.subject_id, to)
    if facts is None:
        return None
    words = KINDS[entered.kind].word(**facts)
    return Item(words.subject, "", words.action.url if words.action else "")
