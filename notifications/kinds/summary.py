"""The daily summary: what somebody chose not to hear of at once."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.kinds.kind import Topic, kind
from notifications.models import Priority
from notifications.wording import Action, Item, Wording

SUMMARY = "summary"
_SAMPLE = {
    "items": [
        Item("New API key in Acme Research: Nightly evaluation", "Search, November 24, 2026, 08:30 UTC"),
        Item("Budget of Acme Research: 80% is used", "", "https://console.example.com/o/acme-research/usage/"),
    ],
    "more": 3,
    "url": "https://console.example.com/account/notifications/",
}


@kind(SUMMARY, gettext_lazy("Daily summary"), Topic.SUMMARY, sample=_SAMPLE, priority=Priority.NEWS, required=True)
def summary(items: Sequence[Item], more: int, url: str) -> Wording:
    count = len(items) + more
    subject = ngettext("Your day: %(count)s message", "Your day: %(count)s messages", count)
    left = ngettext("And %(count)s more, which is not shown.", "And %(count)s more, which are not shown.", more)
    return Wording(
        subject=subject % {"count": count},
        paragraphs=[_("You chose to get these once a day.")],
        items=[*items, Item(left % {"count": more})] if more else items,
        action=Action(_("Choose what you get"), url),
    )
