"""Every address of the console, with ids that belong to nobody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

NOBODY = UUID("01a2b3c4-0000-7000-8000-000000000001")
_VALUES = {"organization": "llamas-of-lisbon", "token": "A" * 43, "uuid": str(NOBODY)}


@dataclass(frozen=True, slots=True)
class Route:
    name: str  # with its namespace
    path: str

    @property
    def is_of_an_organization(self) -> bool:
        return self.path.startswith(f"/o/{_VALUES['organization']}/")


def routes() -> list[Route]:
    return sorted(_walk(get_resolver(), "", "/"), key=lambda route: route.name)


def _walk(resolver: URLResolver, namespace: str, prefix: str) -> Iterator[Route]:
    for each in resolver.url_patterns:
        path = prefix + _filled(str(each.pattern))
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _walk(each, inner, path)
        elif isinstance(each, URLPattern):
            yield Route(namespace + (each.name or ""), path)


def _filled(pattern: str) -> str:
    return re.sub(r"<(?:(\w+):)?(\w+)>", _value, pattern.lstrip("^"))


def _value(match: re.Match[str]) -> str:
    kind, name = match[1] or "", match[2]
    return _VALUES.get(name) or _VALUES.get(kind) or ("1" if kind == "int" else "x")
