"""What usage and costs are asked for: a span of time in steps, a group, and what narrows them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers

from accounts.policy import Permission
from admin_api.frame.fields import ONE_LINE, IdField, Strict
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Resource
from usage.grains import minutes_since
from usage.owners import owners
from usage.periods import BY_MINUTE, DEFAULT, PRESETS, STEPS, Period
from usage.queries import Group, Question, Where
from usage.rows import Place

MOST_STEPS = 100_000
MOST_ROWS = 1000  # of a page
CURSOR = r"^[0-9]{1,9}-([0-9a-f]{2}){0,480}$"
_MOST_FILTERS = 100
_STATUSES = [f"{digit}xx" for digit in range(1, 6)]

CONFLICTS = "The span is none, has too many steps, or its minutes are not kept any more"
SPAN = (
    f"A `range` up to now ({DEFAULT} without any), or from `since` to before `until` (now without it), in whole steps"
    f" in UTC, at most {MOST_STEPS:,} of them. By minute for the last {settings.USAGE_MINUTES.days} days."
)


def _several(child: serializers.Field[Any, Any, Any, Any], what: str) -> Any:
    return serializers.ListField(
        child=child, required=False, max_length=_MOST_FILTERS, help_text=f"Only of {what}; may come several times."
    )


# (A docstring would be in the schema.)
class Narrowing(Strict):
    project_id = _several(IdField(), "this project")
    model = _several(serializers.RegexField(ONE_LINE, max_length=120), "this model")
    key_id = _several(IdField(), "this API key")
    status = _several(serializers.ChoiceField(_STATUSES), "calls that were answered so")


class SpanFilter(Narrowing):
    range = serializers.ChoiceField(list(PRESETS), required=False, help_text="Up to now; without `since`.")
    since = serializers.DateTimeField(required=False, help_text="The earliest moment.")
    until = serializers.DateTimeField(required=False, help_text="The first moment that is too late; with `since`.")


class RowFilter(SpanFilter):
    step = serializers.ChoiceField(
        list(STEPS), required=False, help_text="Without it: of 24h by hour, of 12m by month, else by day."
    )
    group = serializers.ChoiceField(
        [group.value for group in Group],
        default=Group.MODEL.value,
        help_text="`member`: the person or service account that a key is of.",
    )


class RowQuery(RowFilter):
    limit = serializers.IntegerField(min_value=1, max_value=MOST_ROWS, default=100, help_text="How many at most.")
    cursor = serializers.RegexField(
        CURSOR, required=False, help_text="`next_cursor` of the page before; leave it out for the first page."
    )


class OfUsage(Resource):
    """A resource about usage that the caller may see."""

    tag = "Usage"

    def question(self) -> Question:
        """Return what the parameters ask."""
        organization, query = self.caller.organization, self.query
        group = Group(query.get("group", Group.MODEL))
        asked = Question(organization.pk, period_of(query, timezone.now()), group, self.where())
        return replace(asked, owners=owners(organization.pk).of) if group is Group.MEMBER else asked

    @property
    def after(self) -> Place | None:
        return Place.read(self.query["cursor"]) if "cursor" in self.query else None

    def where(self) -> Where:
        statuses = self.query.get("status")
        return Where(
            projects=self._projects(),
            models=self.query.get("model") or None,
            keys=self.query.get("key_id") or None,
            statuses=[int(status[0]) for status in statuses] if statuses else None,
        )

    def _projects(self) -> Sequence[UUID] | None:
        """Return the ids of the projects to count, None for all of the organization's; Http404 for one not seen."""
        wanted = set(self.query.get("project_id") or ())
        if not wanted:
            return self.caller.limits(Permission.VIEW_USAGE)
        found = self.caller.projects(Permission.VIEW_USAGE).filter(pk__in=wanted)
        if found.count() != len(wanted):
            raise Http404
        return list(wanted)


def period_of(query: dict[str, Any], now: datetime) -> Period:
    """Return the span that a query names; a conflict for one that there is not."""
    step = STEPS[query["step"]] if "step" in query else None
    if "since" in query and "range" in query:
        raise Conflict("Ask either for a range, or from since on.")
    if "until" in query and "since" not in query:
        raise Conflict("Say since when, too.")
    try:
        if "since" in query:
            period = Period.between(query["since"], query.get("until", now), step or STEPS["day"], most=MOST_STEPS)
        else:
            period = Period.ending(PRESETS[query.get("range", DEFAULT)], now)
            if step:
                period = Period.between(period.start, now, step, most=MOST_STEPS)
    except (ValueError, OverflowError):
        raise Conflict(f"This is no span of time that has usage, or more than {MOST_STEPS:,} steps.") from None
    if period.step is BY_MINUTE and period.start < minutes_since(now):
        raise Conflict(f"Usage is kept by minute for {settings.USAGE_MINUTES.days} days.")
    return period
