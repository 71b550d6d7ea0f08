"""From bytes to typed requests, with every mistake told as a 400 that names the field."""

import re
from typing import Any, TypeVar

import msgspec

from gateway.errors import GatewayError

T = TypeVar("T")

_LONGEST_MESSAGE = 300
_HEADROOM = 40
_SHALLOW = 500
_MISSING = re.compile(r"missing required field `(\w+)`")


def decode(body: bytes) -> Any:
    """Return the JSON of a body. msgspec refuses NaN, infinities, bad UTF-8 and lone surrogates."""
    try:
        # What is nested deeply has that many brackets; hardly anything has.
        deep = body.count(b"[") + body.count(b"{") > _SHALLOW
        return _decode_below(_HEADROOM, body) if deep else msgspec.json.decode(body)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise GatewayError(400, "invalid_json", "The body is not valid JSON.") from None


def _decode_below(frames: int, body: bytes) -> Any:
    """Decode so many calls further down: what can be read there can be written from wherever it is later needed."""
    return msgspec.json.decode(body) if frames == 0 else _decode_below(frames - 1, body)


def convert(value: object, kind: type[T]) -> T:
    """Return the value as a typed request."""
    try:
        return msgspec.convert(value, kind)
    except RecursionError:
        raise _too_deep() from None
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None


def _invalid(problem: str) -> GatewayError:
    # msgspec says "Expected `int` >= 1 - at `$.max_tokens`" and leaves the place out at the root.
    problem, _, place = problem.partition(" - at `$")
    path = [place.rstrip("`").lstrip(".")]
    if missing := _MISSING.search(problem):
        path.append(missing[1])
    param = ".".join(filter(None, path))[:_LONGEST_MESSAGE]
    message = f"{param or 'body'}: {problem[:_LONGEST_MESSAGE]}"
    return GatewayError(400, "invalid_request", message, param=param or None)


def _too_deep() -> GatewayError:
    return GatewayError(400, "invalid_request", "The body is nested too deeply.")
