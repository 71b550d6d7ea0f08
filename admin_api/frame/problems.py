"""How the API fails: always with a problem (RFC 9457), whatever went wrong and wherever.

`type` leads to the explanation on the page of the API, `instance` is the id of the request.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from ledger.ids import new_id
from vault.errors import is_away

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds
_log = logging.getLogger(__name__)

# What each `type` means, for the page of the API.
TYPES = {
    "malformed": "The body is not JSON in UTF-8, or a header is not well-formed.",
    "invalid": "A field or a parameter is missing, unknown or not as it must be; `errors` names each.",
    "unauthenticated": "There is no usable admin key: none was sent, or it is unknown, revoked or expired.",
    "insufficient-scope": "The key lacks the scope, or the role of who made it does not allow this any more.",
    "not-found": "There is nothing at this address, or it is none of your organization's.",
    "method-not-allowed": "The address takes other methods; `Allow` names them.",
    "not-acceptable": "The API answers in JSON alone, and `Accept` does not admit it.",
    "conflict": "The request is well-formed, and what is there now does not allow it; `detail` says why.",
    "gone": "It was there and is no longer kept; `detail` says what.",
    "too-large": "The body is larger than 64 KiB.",
    "unsupported-media-type": "The body must be `application/json`.",
    "idempotency-key-reused": "The Idempotency-Key came with another request before.",
    "rate-limited": "The key made too many requests; `Retry-After` says in how many seconds to go on.",
    "server-error": "Something broke on our side. Tell the operator the id of the request.",
    "unavailable": "A database, the vault or the payment provider is away. Try again after `Retry-After` seconds.",
}


class Refused(exceptions.APIException):
    """A refusal with a `type` of its own."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status_code, self.type = status, code


class Conflict(Refused):
    def __init__(self, detail: str) -> None:
        super().__init__(HTTPStatus.CONFLICT, "conflict", detail)


class Unavailable(Refused):
    """Something that the answer needs is away for a moment."""

    def __init__(self, detail: str) -> None:
        super().__init__(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail)


class Malformed(Refused):
    def __init__(self, detail: str) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, "malformed", detail)


class InvalidParameters(exceptions.ValidationError):
    """Wrong parameters of the address, where a ValidationError is of the body."""


class LacksScope(Refused):
    def __init__(self, scope: str, detail: str) -> None:
        super().__init__(HTTPStatus.FORBIDDEN, "insufficient-scope", detail)
        self.auth_header = f'Bearer error="insufficient_scope", scope="{scope}"'


# What DRF raises by itself: the type, and a sentence in place of its own.
_KNOWN: dict[type[exceptions.APIException], tuple[str, str]] = {
    exceptions.NotAuthenticated: ("unauthenticated", "Send a usable admin key as Authorization: Bearer lla_…"),
    exceptions.AuthenticationFailed: ("unauthenticated", "Send a usable admin key as Authorization: Bearer lla_…"),
    exceptions.MethodNotAllowed: ("method-not-allowed", "This address does not take this method."),
    exceptions.NotAcceptable: ("not-acceptable", "The API answers in JSON alone."),
    exceptions.UnsupportedMediaType: ("unsupported-media-type", "Send the body as application/json."),
    exceptions.ParseError: ("malformed", "The body is not JSON in UTF-8."),
}
SERVER_ERROR = "This broke on our side. Tell the operator the request's id."
_NOT_FOUND = "There is nothing here, or it is none of your organization's. Addresses end in a slash."


def body(status: HTTPStatus, code: str, detail: str, request_id: UUID, errors: Sequence[Any] = ()) -> dict[str, Any]:
    problem = {
        "type": f"{settings.CONSOLE_ORIGIN}/docs/api/#{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "instance": request_id.urn,
    }
    return problem | ({"errors": list(errors)} if errors else {})


def answer(status: HTTPStatus, code: str, detail: str) -> HttpResponse:
    """Return a problem of a request that reached no resource."""
    request_id = new_id()
    content = JSONRenderer().render(body(status, code, detail, request_id))
    response = HttpResponse(content, status=status.value, content_type=MEDIA_TYPE)
    response["X-Request-Id"] = str(request_id)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def concerns(request: HttpRequest) -> bool:
    """Tell whether who asks expects problems and not pages."""
    return request.path_info.startswith("/api/")


def not_found() -> HttpResponse:
    return answer(HTTPStatus.NOT_FOUND, "not-found", _NOT_FOUND)


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """Return the answer to an error in a resource; DRF's exception handler."""
    status, code, detail = _described(error)
    errors = list(_errors(error))
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("request %s failed", context["view"].request_id, exc_info=error)
    problem = body(status, code, detail, context["view"].request_id, errors)
    return Response(problem, status=status, headers=_headers(error, status), content_type=MEDIA_TYPE)


def _described(error: Exception) -> tuple[HTTPStatus, str, str]:
    if isinstance(error, Refused):
        return HTTPStatus(error.status_code), error.type, str(error.detail)
    if isinstance(error, exceptions.ValidationError):
        return HTTPStatus.BAD_REQUEST, "invalid", "Something is not as it must be; errors says what."
    if isinstance(error, Http404 | exceptions.NotFound):
        return HTTPStatus.NOT_FOUND, "not-found", _NOT_FOUND
    if isinstance(error, PermissionDenied):
        return HTTPStatus.FORBIDDEN, "insufficient-scope", str(error) or "The key may not do this."
    if isinstance(error, exceptions.APIException) and type(error) in _KNOWN:
        return HTTPStatus(error.status_code), *_KNOWN[type(error)]
    if is_away(error):
        return HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "Part of the console is away. Try again in a moment."
    return HTTPStatus.INTERNAL_SERVER_ERROR, "server-error", SERVER_ERROR


def _headers(error: Exception, status: HTTPStatus) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(wait)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER)
    return headers


def _errors(error: Exception) -> Iterator[dict[str, str]]:
    if isinstance(error, InvalidParameters):
        for place, text in _flat(error.detail):
            yield {"parameter": place.strip("/"), "detail": text}
    elif isinstance(error, exceptions.ValidationError):
        for place, text in _flat(error.detail):
            yield {"pointer": f"#{place}", "detail": text}


def _flat(detail: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield each sentence with the place of what it is about, as in a JSON pointer."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            escaped = str(name).replace("~", "~0").replace("/", "~1")
            yield from _flat(inner, place if name == "non_field_errors" else f"{place}/{escaped}")
    elif isinstance(detail, list | tuple):
        for inner in detail:
            yield from _flat(inner, place)
    else:
        yield place, str(detail)
