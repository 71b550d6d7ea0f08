"""Views that members keep for themselves: saved under a name, which replaces the one that had it, and deleted."""

from django.db import transaction

from accounts.models import Membership
from usage.models import SavedView

MOST = 30  # of a member
LONGEST_NAME, LONGEST_QUERY = 60, 4000  # characters


class Unsaved(Exception):
    """There are as many already as there can be, or it is too long to be kept."""


def save_view(membership: Membership, *, name: str, query: str) -> SavedView:
    if len(query) > LONGEST_QUERY:
        raise Unsaved
    with transaction.atomic():
        # Two that are saved at once are counted one after the other.
        Membership.objects.select_for_update().get(pk=membership.pk)
        others = SavedView.objects.filter(membership=membership).exclude(name=name)
        if others.count() >= MOST:
            raise Unsaved
        return SavedView.objects.update_or_create(membership=membership, name=name, defaults={"query": query})[0]
