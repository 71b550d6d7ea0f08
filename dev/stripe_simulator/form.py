"""Form-encoded parameters, nested as `line_items[0][quantity]`. Arrays stay objects by index until checked."""

import re
from collections.abc import Iterable

from dev.stripe_simulator.errors import Json, StripeError

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_KEY = re.compile(r"\[([^\[\]]*)\]")
DEEPEST = 10


def nested(pairs: Iterable[tuple[str, str]]) -> Json:
    found: Json = {}
    for name, value in pairs:
        _put(found, _path(name), value)
    return found


def _path(name: str) -> list[str]:
    matched = _NAME.fullmatch(name)
    path = [matched[1], *_KEY.findall(matched[2])] if matched else []
    if not path or len(path) > DEEPEST:
        raise StripeError(f"Invalid parameter name: {name}", stored=False)
    return path


def _put(found: Json, path: list[str], value: str) -> None:
    *folders, last = path
    for folder in folders:
        found = found.setdefault(folder or str(len(found)), {})
        if not isinstance(found, dict):
            raise StripeError(f"Invalid request: {path[0]} is both a value and an object", stored=False)
    found[last or str(len(found))] = value
