"""What a search finds: results in groups, at most five of a kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

MOST = 5


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """Where one can go. `dialog` is the id of what opens instead where the page has it."""

    label: str
    icon: str
    url: str
    hint: str = ""
    dialog: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Group:
    """Results of one kind; `has_more` tells that others fit as well."""

    id: str
    title: str | Promise
    results: Sequence[Result]
    has_more: bool = False

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)


def first(kind: str, title: str | Promise, results: Sequence[Result]) -> Group:
    """Return the group of the first results; give it one more than it shows, so that it can tell of more."""
    return Group(kind, title, results[:MOST], has_more=len(results) > MOST)
