"""The routes, as data: what stands at a path, which methods it takes, and in which shape it errs."""

from dataclasses import dataclass
from typing import Literal

from gateway.shapes.compat import CompatShape
from gateway.shapes.moderation import CompatModeration, ModerationShape, NativeModeration
from gateway.shapes.native import NativeShape
from gateway.shapes.shape import Shape

Resource = Literal["completions", "moderations", "models", "model", "counters", "alive", "ready"]


@dataclass(frozen=True, slots=True)
class Route:
    """A resource, and the name of the model for the one that needs it."""

    resource: Resource
    methods: tuple[str, ...]
    model: str = ""


_READ = ("GET", "HEAD")
_NATIVE = NativeShape()
_COMPAT = CompatShape()
MODERATIONS: dict[str, ModerationShape] = {
    "/v1/moderations": NativeModeration(),
    "/compat/v1/moderations": CompatModeration(),
}
_BASES = ("/v1", "/compat/v1")
_EXACT = {
    "/healthz": Route("alive", _READ),
    "/readyz": Route("ready", _READ),
    "/internal/counters": Route("counters", ("POST",)),
    **{f"{base}/chat/completions": Route("completions", ("POST",)) for base in _BASES},
    **{f"{base}/moderations": Route("moderations", ("POST",)) for base in _BASES},
    **{f"{base}/models": Route("models", _READ) for base in _BASES},
}


def find_route(path: str) -> Route | None:
    """Return what stands at a path. A model's name may contain slashes."""
    if route := _EXACT.get(path):
        return route
    for base in _BASES:
        name = path.removeprefix(f"{base}/models/")
        if name and name != path:
            return Route("model", _READ, name)
    return None


def shape_of(path: str) -> Shape:
    """Return the shape in which a path answers, also when nothing stands there."""
    if moderation := MODERATIONS.get(path):
        return moderation
    return _COMPAT if path == "/compat" or path.startswith("/compat/") else _NATIVE
