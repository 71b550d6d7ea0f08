"""What comes in: one JSON value in UTF-8, of a size that a person would write."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from admin_api.frame.problems import Refused

MOST = 64 * 1024  # bytes


class StrictJSONParser(BaseParser):
    """Refuses what other parsers let through: other encodings, NaN, halves of surrogate pairs."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None) -> Any:
        try:
            return msgspec.json.decode(stream.read())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ParseError from None


def refuse_large(length: str) -> None:
    """Refuse a body before any of it is read."""
    if length.isdecimal() and int(length) > MOST:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "The body is larger than 64 KiB.")
