"""The notice of the daily summary: composes each of its items as it would have been sent alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from notifications import preferences
from notifications.kinds import KINDS
from notifications.models import Channel, Choice, DigestItem
from notifications.notices import Facts, notice, notice_of, registered
from notifications.recipients import Recipient
from notifications.wording import Item

_MOST = 30  # items; the rest is counted
_KEPT = timedelta(days=7)  # longer than a summary waits and is tried


@notice("summary")
def summary(digest_id: UUID, to: Recipient) -> Facts | None:
    """Say what is still to be said: rows may be gone by now, and kinds switched off."""
    rest = iter(_wanted(digest_id, to))
    items = list(islice(_items(rest, to), _MOST))
    if not items:
        return None
    url = settings.CONSOLE_ORIGIN + reverse("accounts:notifications")
    return {"items": items, "more": len(list(rest)), "url": url}


def purge(now: datetime) -> int:
    """Delete the items of summaries that went long ago; return how many."""
    return DigestItem.objects.filter(created_at__lt=now - _KEPT).delete()[0]


def _wanted(digest_id: UUID, to: Recipient) -> list[DigestItem]:
    found = list(DigestItem.objects.filter(digest_id=digest_id).order_by("id"))
    kinds = [KINDS[name] for name in {each.kind for each in found} & registered()]
    choices = preferences.of_recipient(to.pk, kinds)
    off = {None, Choice.OFF}
    return [each for each in found if choices.get((each.kind, Channel.EMAIL)) not in off]


def _items(entered: Iterator[DigestItem], to: Recipient) -> Iterator[Item]:
    for each in entered:
        facts = notice_of(each.kind)(each.subject_id, to)
        if facts is not None:
            words = KINDS[each.kind].word(**facts)
            yield Item(words.subject, "", words.action.url if words.action else "")
