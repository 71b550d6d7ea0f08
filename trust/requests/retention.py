"""Retention that became shorter: what is older than a project keeps by now goes, and so does what is nobody's any more.

Each exchange has its end written into it when it is kept; that is content's own purge. Only this one asks projects.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from accounts.models import Project
from content.actions import projects_with_content, purge_project

_BATCH = 500


def purge_shortened(now: datetime) -> int:
    """Delete what projects keep no longer, all of it where the project is gone; return how much."""
    kept, purged = projects_with_content(), 0
    while projects := list(islice(kept, _BATCH)):
        purged += _purge(projects, now)
    return purged


def _purge(projects: Sequence[UUID], now: datetime) -> int:
    days = dict(Project.objects.filter(pk__in=projects).values_list("pk", "retention_days"))
    return sum(purge_project(each, until=now - timedelta(days=days.get(each, 0))) for each in projects)
