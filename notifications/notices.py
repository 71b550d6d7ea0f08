"""Notices: the kinds of message there are. Each room registers its own in its `notices.py`.

A notice turns the id of the row that it is about into a letter or a text: the sealed address of one person and the
templates to render. It runs in the worker at the moment of sending, so that no text, link or address waits anywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from notifications.models import Channel, Priority


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One email to one user: `template` names a subject/text/HTML triplet."""

    to: AbstractBaseUser
    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class Text:
    """One text message to somebody with a sealed `phone`: `template` names a text that must fit one segment."""

    to: AbstractBaseUser
    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message. `compose` returns None when there is nothing to say any more.

    What it returns is the channel's: a letter for email, an event for webhooks.
    """

    compose: Callable[[UUID], Any]
    channel: Channel
    priority: Priority


_kinds: dict[str, Kind] = {}


_Composer = TypeVar("_Composer", bound=Callable[[UUID], Any])


def notice(
    name: str, *, channel: Channel = Channel.EMAIL, priority: Priority = Priority.NOTICE
) -> Callable[[_Composer], _Composer]:
    """Register the composer of a kind."""

    def register(compose: _Composer) -> _Composer:
        if name in _kinds:
            raise ValueError(f"The notice {name} is registered twice.")
        _kinds[name] = Kind(compose, channel, priority)
        return compose

    return register


def kind_of(name: str) -> Kind:
    return _kinds[name]
