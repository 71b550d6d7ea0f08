"""Reading many rows in the order of time, some at a time: memory holds one chunk, and no statement lasts for long.

Each chunk is a query of its own that goes on after the last row of the one before, so that a slow reader of a file
keeps no transaction open. Rows that come meanwhile repeat and hide nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

CHUNK = 2000


def chunks(rows: QuerySet[Any], moment: str, columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the moment, the id and the values of columns of rows, the oldest first; `moment` names the first."""
    ordered, after = rows.order_by(moment, "pk").values_list(moment, "pk", *columns), Q()
    while True:
        found = list(ordered.filter(after)[:CHUNK])
        if found:
            yield found
        if len(found) < CHUNK:
            return
        at, pk = found[-1][:2]
        after = Q(**{f"{moment}__gte": at}) & (Q(**{f"{moment}__gt": at}) | Q(pk__gt=pk))
