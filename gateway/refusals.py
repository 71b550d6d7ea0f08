"""What an upstream's refusal means: the caller's mistake, too many requests, or a fault on our side."""

from collections.abc import Mapping

import msgspec

from gateway.errors import UpstreamError

_LONGEST_MESSAGE = 500
_LONGEST_WAIT = 5  # digits, in seconds
_TROUBLE = {502, 503, 504}  # of the server, or of a proxy before it; a 500 may be one request's fault


class _Detail(msgspec.Struct):
    message: str


class _Refusal(msgspec.Struct):
    error: _Detail


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> UpstreamError:
    """Return the error for a status other than 200.

    Only the text of a refused request is passed on: it is about what the caller sent. A refused
    key or a missing model there is the operator's problem, and looks like any failure.
    """
    if status in {400, 413, 422}:
        return UpstreamError(_message(body), "refused", True)
    if status == 429:
        return UpstreamError("The model server is busy.", "rate_limited", False, retry_after=_retry_after(headers))
    if status in _TROUBLE:
        return UpstreamError("The model server is in trouble.", "overloaded", False, retry_after=_retry_after(headers))
    if status >= 500:
        return UpstreamError("The model server failed.", "failed", False)
    return UpstreamError("The model server refused the gateway.", "misconfigured", True)


def _message(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Refusal).error.message[:_LONGEST_MESSAGE]
    except (ValueError, RecursionError):
        return "The model server refused the request."


def _retry_after(headers: Mapping[str, str]) -> int | None:
    text = headers.get("retry-after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_WAIT else None
