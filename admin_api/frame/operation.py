"""An operation: what a method of a resource does, whom it admits, what goes in and out. The schema is made of these."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer

from accounts.policy import Permission

Operations = Mapping[str, "Operation"]  # by method


@dataclass(frozen=True, slots=True)
class Operation:
    """`scope` None admits every admin key of the organization. A `paged` answer is a page of what `answer` describes.

    `conflicts` says when a request that is well-formed is refused all the same; `may_be_missing` that there may be
    nothing at an address that names no id.
    """

    id: str
    summary: str
    scope: Permission | None
    answer: type[Serializer[Any]] | None = None
    status: int = 200
    media_type: str = "application/json"  # of the answer
    other_media_type: str = ""  # that it may have as well
    body: type[Serializer[Any]] | None = None
    query: type[Serializer[Any]] | None = None
    paged: bool = False
    description: str = ""
    conflicts: str = ""
    may_be_missing: bool = False


def method_of(request: Request) -> str:
    """Return the method by which an operation is found: HEAD is a GET without its body."""
    method = str(request.method)
    return "GET" if method == "HEAD" else method
