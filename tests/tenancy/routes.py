"""Every address of the project, from the URL map itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

_PARAMETER = re.compile(r"([a-z-]*)/<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    pattern: str

    def __str__(self) -> str:
        return self.pattern

    @property
    def names(self) -> list[str]:
        """The parts of the address before its parameters, as `keys` in `keys/<uuid:key_id>/`, without `o`."""
        return [before for before, name in _PARAMETER.findall(f"/{self.pattern}") if before != "o"]

    def path(self, organization: str, things: Mapping[str, Any]) -> str:
        """Return the address with an organization and things in it."""

        def value(found: re.Match[str]) -> str:
            before = found[1]
            return f"{before}/{organization if before == 'o' else things[before]}"

        return _PARAMETER.sub(value, f"/{self.pattern}".replace(".<slug:form>", ".csv"))


def routes() -> list[Route]:
    return [Route(pattern) for pattern in _patterns(get_resolver(), "")]


def _patterns(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each, prefix + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield prefix + str(each.pattern)
