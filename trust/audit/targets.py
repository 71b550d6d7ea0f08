"""What events were done to, by name: keys, projects, webhooks and the organization have names that are not personal."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.urls import reverse
from django.utils.translation import pgettext

from accounts.models import Organization, Project
from keys.models import ApiKey
from ledger.actor import Actor
from ledger.history import Happening
from ledger.models import Action
from notifications.models import Endpoint
from trust.actors import who

Names = Mapping[UUID, str]  # of people, where somebody asked for them
_PEOPLE = frozenset({"member", "ownership", "account", "factor", "profile"})
_ID = 8  # the last characters of an id


@dataclass(frozen=True, slots=True)
class Target:
    """What something was done to; `hint` tells those without a name apart."""

    name: str
    hint: str = ""
    url: str = ""


class Targets:
    """The targets of one page, looked up in a query for each kind that is among them."""

    def __init__(
        self, happenings: Iterable[Happening], organization: Organization, reader: Actor, people: Names
    ) -> None:
        self._organization, self._reader, self._people = organization, reader, people
        wanted: dict[str, set[UUID]] = {}
        for each in happenings:
            for kind, text in (*_ids_in(each), ("project", str(each.payload.get("project", "")))):
                if (found := _uuid(text)) is not None:
                    wanted.setdefault(kind, set()).add(found)
        self._found = {kind: find(self._organization, wanted[kind]) for kind, find in _FIND.items() if kind in wanted}

    def of(self, happening: Happening) -> Target:
        """Return what an event was done to."""
        kind = _kind(happening.action)
        known = self._found.get(kind, {}).get(_uuid(happening.target) or UUID(int=0))
        if known:
            return known
        if happening.target == str(self._organization.pk):
            return Target(self._organization.name)
        if kind in _PEOPLE and happening.action != Action.MEMBER_INVITED:  # that is done to an invitation
            return self.person(happening.target)
        return Target("", _short(happening.target))

    def person(self, user_id: str) -> Target:
        if name := self.name_of(user_id):
            return Target(name)
        actor = f"user:{user_id}"
        if actor == str(self._reader):
            return Target(pgettext("after a verb", "you"))
        return Target(pgettext("after a verb", "a member"), who(actor, self._reader).hint)

    def name_of(self, user_id: str) -> str:
        """Return the name of a person, if names were asked for and theirs is known."""
        return self._people.get(_uuid(user_id) or UUID(int=0), "")

    def project(self, project_id: object) -> str:
        """Return the name of a project that a payload names."""
        found = self._found.get("project", {}).get(_uuid(str(project_id)) or UUID(int=0))
        return found.name if found else str(project_id)


def _ids_in(happening: Happening) -> list[tuple[str, str]]:
    return [(_kind(happening.action), happening.target)]


def _kind(action: str) -> str:
    return action.partition(":")[0]


def _keys(organization: Organization, ids: Iterable[UUID]) -> dict[UUID, Target]:
    url = reverse("keys:list", args=[organization.slug])
    keys = ApiKey.objects.of(organization).filter(pk__in=ids)
    return {key.pk: Target(key.name, key.hint, f"{url}?q={key.tail}") for key in keys}


def _projects(organization: Organization, ids: Iterable[UUID]) -> dict[UUID, Target]:
    projects = Project.objects.filter(organization=organization, pk__in=ids)
    return {project.pk: Target(project.name) for project in projects}


def _webhooks(organization: Organization, ids: Iterable[UUID]) -> dict[UUID, Target]:
    endpoints = Endpoint.objects.of(organization.pk).filter(pk__in=ids)
    return {
        each.pk: Target(
            urlsplit(each.url).netloc.casefold(), "", reverse("webhooks:endpoint", args=[organization.slug, each.pk])
        )
        for each in endpoints
    }


_FIND: dict[str, Callable[[Organization, Iterable[UUID]], dict[UUID, Target]]] = {
    "key": _keys,
    "project": _projects,
    "playground": _projects,
    "webhook": _webhooks,
}


def _short(text: str) -> str:
    return f"…{text[-_ID:]}" if len(text) > 12 else text


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
