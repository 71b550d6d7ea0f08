"""Projects, keys and members as the palette finds them: what somebody may see, and nothing else."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import directory
from accounts.entries import Entry, fold
from accounts.membership import Acting
from accounts.models import Membership
from accounts.policy import Permission
from keys.models import ApiKey
from keys.secrets import PREFIX
from llama_console.views.palette.found import MOST, Group, Result, first

SHORTEST = 3  # characters, folded, that a search for members has
_SECRETS = (PREFIX, "…")


def projects(acting: Acting, text: str) -> Group:
    slug = acting.organization.slug
    found = acting.projects().active().filter(name__icontains=text).order_by("name", "pk")
    results = [
        Result(each.name, "folder", reverse("projects:project", args=[slug, each.slug])) for each in found[: MOST + 1]
    ]
    return first("projects", _("Projects"), results)


def keys(acting: Acting, text: str) -> Group:
    """Return the keys of a name, or of the last characters of their secret, which are all that is known of it."""
    tail = text[-4:] if text.startswith(_SECRETS) else text
    found = ApiKey.objects.visible_to(acting).filter(Q(name__icontains=text) | Q(tail=tail))
    in_use_first = found.order_by(F("revoked_at").desc(nulls_first=True), "-pk")
    return first("keys", _("API keys"), [_key(acting, key) for key in in_use_first[: MOST + 1]])


@dataclass(frozen=True, slots=True, repr=False)
class People:
    """Members that were found. `nobody` is a text in no entry: longer ones need no look."""

    group: Group
    nobody: str = ""
    was_opened: bool = False
    is_short: bool = False


def members(acting: Acting, text: str, nobody: str = "") -> People:
    """Return the members of a name or an address: at most one opening of the directory, which is one leaf.

    It stays closed for who may not see members, for a text that is short or begins as a secret does, and for one that
    contains what was found nowhere a moment ago.
    """
    none, wanted = first("members", _("Members"), []), fold(text)
    if not acting.may(Permission.VIEW_MEMBERS) or text.startswith(_SECRETS):
        return People(none)
    if len(wanted) < SHORTEST:
        return People(none, is_short=True)
    if nobody and fold(nobody) in wanted:
        return People(none, nobody)
    entries = directory.search(acting.actor, organization=acting.organization, text=text, most=MOST + 1)
    group = first("members", _("Members"), _people(acting, entries))
    return People(group, "" if entries else text, was_opened=True)


def _key(acting: Acting, key: ApiKey) -> Result:
    url = reverse("keys:list", args=[acting.organization.slug])
    hint = key.hint if key.is_active else f"{key.hint} · {_('Revoked')}"
    return Result(key.name, "key-round", f"{url}?{urlencode({'q': key.tail})}", hint)


def _people(acting: Acting, entries: list[Entry]) -> list[Result]:
    slug = acting.organization.slug
    memberships = Membership.objects.filter(
        organization=acting.organization, user__in=[entry.user_id for entry in entries]
    )
    places = dict(memberships.values_list("user", "pk"))
    return [
        Result(
            entry.name or entry.email,
            "user-round",
            reverse("members:member", args=[slug, places[entry.user_id]]),
            entry.email if entry.name else "",
        )
        for entry in entries
        if entry.user_id in places
    ]
