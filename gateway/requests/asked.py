"""A request on its way to a model server, before it is known to which of them."""

from typing import Any

import msgspec
from msgspec import Struct

_USAGE_AT_THE_END = b'"stream":true,"stream_options":{"include_usage":true},'
_USAGE_ALL_ALONG = b'"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true},'


class Asked(Struct, frozen=True):
    """The body without the model's name, under which each server may know another one."""

    model: str  # our name
    known_as: str  # the catalog's name for it at the server
    rest: bytes  # JSON: an object that is not empty
    stream: bool = False
    to_moderations: bool = False  # an answer of the server's endpoint for moderation is wanted, and not of its chat

    __repr__ = object.__repr__  # shows nothing of what is asked

    def body(self, name: str, *, continuous_usage: bool = False) -> bytes:
        """Return the JSON for a server that knows the model by this name. Streams always ask for their usage."""
        how = (_USAGE_ALL_ALONG if continuous_usage else _USAGE_AT_THE_END) if self.stream else b'"stream":false,'
        if self.to_moderations:
            how = b""
        return b'{"model":%s,%s%s' % (msgspec.json.encode(name), how, self.rest[1:])


def asked(
    model: str, known_as: str, body: dict[str, Any], *, stream: bool = False, to_moderations: bool = False
) -> Asked:
    """Return a request from its members, which are neither the model nor how to stream."""
    return Asked(model, known_as, msgspec.json.encode(body), stream, to_moderations)
