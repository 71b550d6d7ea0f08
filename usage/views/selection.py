"""What an address of the usage page asks for. All of the page's state is in it.

Anything unknown falls back to the default, what somebody may not see is not found, and a range that can't be shown is
a fault that the page tells.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.membership import Acting
from accounts.models import Project
from accounts.policy import Permission
from keys.models import ApiKey
from usage.measures import MEASURES
from usage.queries import Group, Where
from usage.ranges import CUSTOM, BadRange, Range, read

FILTERS = ("project", "model", "key", "status")
_TIMES = ("range", "from", "to", "step")
STATUSES = ("2xx", "4xx", "5xx")
_MOST, _LONGEST = 100, 120  # of values of a filter, and of characters of one
Change = str | Sequence[str]
_NONE: Mapping[str, Change] = {}


class Selection:
    def __init__(self, query: QueryDict, acting: Acting) -> None:
        self.acting, self.organization = acting, acting.organization
        self.now = timezone.now()
        self._query = query
        self.measure = MEASURES.get(query.get("metric", ""), MEASURES["spend"])
        group = query.get("group", "")
        self.group = Group(group) if group in set(Group) else Group.MODEL
        self.compare = query.get("compare") == "1"
        self.range, self.fault = self._range()
        self.models = self._all("model")
        self.statuses = [each for each in STATUSES if each in query.getlist("status")]
        self.hidden = self._all("hide")
        self.projects: list[Project] = self._seen(self.visible_projects, "slug", self._all("project"))
        self.keys: list[ApiKey] = self._seen(self.visible_keys, "pk", [_id(each) for each in self._all("key")])

    @classmethod
    def of(cls, request: HttpRequest, organization: str, query: QueryDict | None = None) -> "Selection":
        """Return what a request asks for; Http404 in a foreign organization."""
        acting = Acting.in_organization(request, organization)
        acting.require(Permission.VIEW_USAGE)
        return cls(request.GET if query is None else query, acting)

    @cached_property
    def limits(self) -> frozenset[UUID] | None:
        return self.acting.limits(Permission.VIEW_USAGE)

    @property
    def visible_projects(self) -> QuerySet[Project]:
        return self.acting.projects(Permission.VIEW_USAGE).order_by("name", "pk")

    @property
    def visible_keys(self) -> QuerySet[ApiKey]:
        keys = ApiKey.objects.of(self.organization).order_by("name", "pk")
        return keys if self.limits is None else keys.filter(project__in=self.limits)

    @property
    def is_custom(self) -> bool:
        return self._query.get("range") == CUSTOM

    @property
    def is_filtered(self) -> bool:
        return any((self.projects, self.models, self.keys, self.statuses))

    @property
    def where(self) -> Where:
        return Where(
            projects=[project.pk for project in self.projects] if self.projects else self.limits,
            models=self.models or None,
            keys=[key.pk for key in self.keys] or None,
            statuses=[int(status[0]) for status in self.statuses] or None,
        )

    @property
    def state(self) -> dict[str, Change]:
        """Return everything that an address says, as it was understood."""
        return {
            **self._times(),
            "metric": self.measure.id,
            "group": self.group.value,
            "project": [project.slug for project in self.projects],
            "model": self.models,
            "key": [str(key.pk) for key in self.keys],
            "status": self.statuses,
            "compare": "1" if self.compare else "",
            "hide": self.hidden,
        }

    def query(self, changes: Mapping[str, Change] = _NONE) -> str:
        return urlencode([*_pairs({**self.state, **changes})])

    def url(self, changes: Mapping[str, Change] = _NONE, name: str = "usage:report") -> str:
        return f"{reverse(name, args=[self.organization.slug])}?{self.query(changes)}"

    def inputs(self, *without: str) -> list[tuple[str, str]]:
        """Return the rest of the state for a form that sends some of it."""
        return [pair for pair in _pairs(self.state) if pair[0] not in without]

    @property
    def unfiltered_url(self) -> str:
        return self.url({name: [] for name in FILTERS})

    def without(self, name: str, value: str) -> str:
        """Return the address without one value of a filter."""
        return self.url({name: [each for each in self.state[name] if each != value]})

    def _times(self) -> dict[str, Change]:
        step = self._query.get("step", "")
        found = self.range
        if self.is_custom:
            ends = {name: self._query.get(name, "")[:_LONGEST] for name in ("from", "to")}
            return {"range": CUSTOM, **ends, "step": found.period.step.id if found and step else step[:_LONGEST]}
        if found is None or found.preset is None:
            return {}
        own = found.period.step is found.preset.step
        return {"range": found.preset.id, "step": "" if own else found.period.step.id}

    def _range(self) -> tuple[Range | None, str]:
        try:
            return read({name: self._query.get(name, "") for name in _TIMES}, self.now), ""
        except BadRange as error:
            return None, str(error)

    def _all(self, name: str) -> list[str]:
        values = dict.fromkeys(each[:_LONGEST].replace("\0", "") for each in self._query.getlist(name))
        return [each for each in values if each][:_MOST]

    def _seen(self, things: QuerySet[Any], field: str, asked: Sequence[object]) -> list[Any]:
        """Return what was asked for, in that order; Http404 if any of it is foreign or missing."""
        if not asked:
            return []
        found = {getattr(each, field): each for each in things.filter(**{f"{field}__in": asked})}
        if not all(each in found for each in asked):
            raise Http404
        return [found[each] for each in asked]


def _pairs(state: Mapping[str, Change]) -> Iterator[tuple[str, str]]:
    for name, value in state.items():
        for each in [value] if isinstance(value, str) else value:
            if each:
                yield name, each


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
