"""Notices: what a message of a kind is about. Each room registers its own in its `notices.py`.

A notice turns the id of the row that a message is about into the facts that its wording names. It runs in the worker at
the moment of sending, so that no text, link or name waits anywhere, and once for each recipient: it is the place to ask
whether this person may still know.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from notifications.kinds import KINDS

Facts = Mapping[str, Any]
Notice = Callable[[UUID, Any], Facts | None]
_Notice = TypeVar("_Notice", bound=Notice)
_notices: dict[str, Notice] = {}


def notice(kind: str) -> Callable[[_Notice], _Notice]:
    """Register the notice of a kind: row id and recipient to facts, or None when there is nothing to say any more."""

    def register(about: _Notice) -> _Notice:
        if kind not in KINDS or kind in _notices:
            raise ValueError(f"The notice {kind} has no kind, or is registered twice.")
        _notices[kind] = about
        return about

    return register


def notice_of(kind: str) -> Notice:
    return _notices[kind]


def registered() -> frozenset[str]:
    """Return the kinds that a room sends."""
    return frozenset(_notices)
