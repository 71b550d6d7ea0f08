"""Checks parameters against the `stripe.params` TypedDicts of the library itself, and turns texts into values.

The one file of the simulator that imports the library. What its types leave open, such as which of two parameters is
needed, the endpoints say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin

import stripe
from stripe import params
from typing_extensions import get_type_hints, is_typeddict

from dev.stripe_simulator.errors import Json, StripeError, invalid, missing, unknown

VERSION = stripe.api_version
_INTEGER = re.compile(r"-?\d{1,19}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,12})?", re.ASCII)
_OPTIONS = frozenset(stripe.RequestOptions.__annotations__)
MOST_METADATA, LONGEST_KEY, LONGEST_VALUE, LONGEST_TEXT = 50, 40, 500, 5000


@dataclass(frozen=True, slots=True)
class Field:
    hint: Any
    required: bool


def check(name: str, given: Json) -> Json:
    """Return the parameters with their values, or refuse them. `name`: as in `InvoiceCreateParams`; empty: none."""
    if not name:
        return _object({"expand": Field(list[str], False)}, given, "")
    return _object(_fields(_named(name)), given, "")


def _named(name: str) -> Any:
    found: Any = params
    for part in name.split("."):
        found = getattr(found, part)
    return found


@lru_cache
def _fields(shape: Any) -> dict[str, Field]:
    # The base class names types that only its own file imports; it has no say in what goes over the wire.
    unread = {"StripeContext": object, "Mapping": Mapping}
    hints = get_type_hints(shape, localns=unread, include_extras=True)
    return {name: _field(hint) for name, hint in hints.items() if name not in _OPTIONS}


def _field(hint: Any) -> Field:
    optional = get_origin(hint) is NotRequired
    return Field(get_args(hint)[0] if optional else hint, not optional)


def _object(fields: dict[str, Field], given: Json, at: str) -> Json:
    for name in given:
        if name not in fields:
            raise unknown(_at(at, name))
    for name, field in fields.items():
        if field.required and name not in given:
            raise missing(_at(at, name))
    return {name: _value(fields[name].hint, value, _at(at, name)) for name, value in given.items()}


def _at(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


def _value(hint: Any, given: Any, at: str) -> Any:
    """Return what was given as one of the kinds that the hint allows."""
    kinds = list(get_args(hint)) if get_origin(hint) in (Union, UnionType) else [hint]
    words = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    if given == "" and "" in words:
        return ""
    if isinstance(given, dict):
        return _nested(kinds, given, at)
    if given == "":
        raise invalid(
            f"You passed an empty string for '{at}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{at}' cannot be unset. You should remove '{at}' from your request or supply a non-empty value.",
            at,
            "parameter_invalid_empty",
        )
    return _scalar(kinds, [word for word in words if word], given, at)


def _nested(kinds: list[Any], given: Json, at: str) -> Any:
    for kind in kinds:
        if get_origin(kind) is list:
            return _array(get_args(kind)[0], given, at)
        if is_typeddict(kind):
            return _object(_fields(kind), given, at)
        if get_origin(kind) is dict:
            return _metadata(given, at)
    raise invalid(f"Invalid string: {given}", at)


def _array(hint: Any, given: Json, at: str) -> list[Any]:
    if any(not name.isdecimal() for name in given):
        raise invalid("Invalid array", at)
    return [_value(hint, given[name], f"{at}[{name}]") for name in sorted(given, key=int)]


def _metadata(given: Json, at: str) -> Json:
    if len(given) > MOST_METADATA:
        raise invalid(f"You can specify up to {MOST_METADATA} keys in metadata.", at)
    for name, value in given.items():
        if len(name) > LONGEST_KEY:
            raise invalid(f"Metadata keys must be at most {LONGEST_KEY} characters.", at)
        if not isinstance(value, str):
            raise invalid("Metadata values must be strings.", _at(at, name))
        if len(value) > LONGEST_VALUE:
            raise invalid(f"Metadata values can have up to {LONGEST_VALUE} characters.", _at(at, name))
    return dict(given)


def _scalar(kinds: list[Any], words: list[str], given: str, at: str) -> Any:
    if bool in kinds and given in ("true", "false"):
        return given == "true"
    if words:
        return _word(words, given, at)
    if int in kinds:
        return _integer(given, at)
    if bool in kinds:
        raise invalid(f"Invalid boolean: {given}", at)
    if Decimal in kinds:
        return _decimal(given, at)
    if str in kinds:
        return _text(given, at)
    wanted = "array" if any(get_origin(kind) is list for kind in kinds) else "object"
    raise invalid(f"Invalid {wanted}", at)


def _word(words: list[str], given: str, at: str) -> str:
    if given not in words:
        *others, last = words[:8]
        named = f"{', '.join(others)} or {last}" if others else last
        raise invalid(f"Invalid {at}: must be one of {named}", at)
    return given


def _integer(given: str, at: str) -> int:
    if not _INTEGER.fullmatch(given):
        raise invalid(f"Invalid integer: {given}", at, "parameter_invalid_integer")
    return int(given)


def _decimal(given: str, at: str) -> Decimal:
    if not _DECIMAL.fullmatch(given):
        raise invalid(f"Invalid decimal: {given}", at)
    return Decimal(given)


def _text(given: str, at: str) -> str:
    if len(given) > LONGEST_TEXT:
        raise invalid(f"Invalid string: {given[:10]}…; must be at most {LONGEST_TEXT} characters", at)
    return given


def only_one(given: Json, *names: str) -> str:
    """Return the one of these parameters that is given; two, or none, are refused."""
    found = [name for name in names if given.get(name) is not None]
    if len(found) > 1:
        text = f"You may only specify one of these parameters: {', '.join(names)}."
        raise StripeError(text, code="parameters_exclusive", param=found[1], stored=False)
    if not found:
        raise missing(names[0])
    return found[0]


def need(given: Json, *names: str) -> None:
    for name in names:
        if given.get(name) in (None, ""):
            raise missing(name)
