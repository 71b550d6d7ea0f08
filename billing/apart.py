"""Looking at many at once, where one whose sums cannot be counted must not keep the others from being looked at.

SQLite sums 64 bits and fails beyond, and of who is not billed nothing else keeps what they report below that.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.db import DataError, OperationalError

log = logging.getLogger(__name__)
_One = TypeVar("_One")
_Found = TypeVar("_Found")


def apart(some: Sequence[_One], look: Callable[[Sequence[_One]], Iterable[_Found]]) -> list[_Found]:
    """Return what is found of all of them; where that fails, of halves, down to the one that is left out."""
    try:
        return list(look(some))
    except (DataError, OperationalError, OverflowError) as error:
        if len(some) < 2:
            log.error("sums of %s cannot be counted: %s", *some, type(error).__name__)
            return []
    middle = len(some) // 2
    return [*apart(some[:middle], look), *apart(some[middle:], look)]
