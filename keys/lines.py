"""Lines: a key and what it was rotated from, which have their limits and budget together."""

from collections.abc import Iterable
from uuid import UUID

from keys.models import ApiKey


def lines_of(keys: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the line of each key that was made by rotation; any other one is its own."""
    rotated = ApiKey.objects.filter(pk__in=set(keys), line_id__isnull=False)
    return dict(rotated.values_list("pk", "line_id"))  # type: ignore[arg-type]  # no line is null here


def keys_of(lines: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the line of each key of these lines, of those that replaced another and those that were replaced."""
    wanted = set(lines)
    rotated = ApiKey.objects.filter(line_id__in=wanted).values_list("pk", "line_id")
    return {line: line for line in wanted} | {key: line for key, line in rotated if line}
