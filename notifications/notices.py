"""Notices: the kinds of message there are. Each room registers its own in its `notices.py`.

A notice turns the id of the row that it is about into a letter: the sealed address of one person and the templates
to render. It runs in the worker at the moment of sending, so that no text, link or address waits anywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One email to one user: `template` names a subject/text/HTML triplet."""

    to: AbstractBaseUser
    template: str
    context: Mapping[str, Any]


Compose = Callable[[UUID], Letter | None]
_composers: dict[str, Compose] = {}


def notice(kind: str) -> Callable[[Compose], Compose]:
    """Register the composer of a kind. It returns None when there is nothing to say any more."""

    def register(compose: Compose) -> Compose:
        if kind in _composers:
            raise ValueError(f"The notice {kind} is registered twice.")
        _composers[kind] = compose
        return compose

    return register


def composer(kind: str) -> Compose:
    return _composers[kind]
