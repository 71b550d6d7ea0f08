"""Every address of the console, with ids that belong to nobody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

NOBODY = UUID("01a2b3c4-0000-7000-8000-000000000001")
_VALUES = {"organization": "llamas-of-lisbon", "token": "A" * 43, "uuid": str(NOBODY)}


@dataclass(frozen=True, slots=True)
class Route:
    name: str  # with its namespace; of a resource of the admin API its class
    path: str
    methods: frozenset[str] | None = None  # where the class of the view tells

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
            resource = getattr(each.callback, "view_class", None)
            own = resource.__name__ if resource else ""
            yield Route(namespace + (each.name or own), path, _methods(resource) if resource else None)


def _methods(resource: Any) -> frozenset[str]:
    return frozenset(name.upper() for name in resource.http_method_names if hasattr(resource, name))


def _filled(pattern: str) -> str:
    return re.sub(r"<(?:(\w+):)?(\w+)>", _value, pattern.lstrip("^"))


def _value(match: re.Match[str]) -> str:
    kind, name = match[1] or "", match[2]
    return _VALUES.get(name) or _VALUES.get(kind) or ("1" if kind == "int" else "x")
