"""A secret in the one answer that shows it."""

from typing import TypeVar

T = TypeVar("T")


def with_secret(thing: T, secret: str | None) -> T:
    """Return what was made with its secret, for this one answer; None where it was shown before."""
    thing.secret = secret  # type: ignore[attr-defined]
    return thing
