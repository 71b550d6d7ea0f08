"""What a person says of themselves. It opens when they ask for it, in one disclosure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from ledger.actor import Actor
from vault.disclosure import disclose
from vault.purposes import Purpose

FIELDS = ("name", "email", "phone", "location", "date_of_birth")
CHANGEABLE = ("name", "location", "date_of_birth")  # an address and a number are proven first


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """The values that a person changes freely; None is nothing."""

    name: str | None
    location: str | None
    date_of_birth: date | None


def open_values(user: User, names: Sequence[str] = FIELDS) -> dict[str, Any]:
    """Return the values by name; None for what is not given. Nothing is opened, and no leaf written, if none is."""
    given = [name for name in names if getattr(user, name) is not None]
    found: dict[str, Any] = dict.fromkeys(names)
    if given:
        with disclose(
            Purpose.OWN_ACCOUNT,
            actor=Actor.user(user.pk),
            tenant=user.vault_tenant,
            fields=[getattr(User, name) for name in given],
            subjects=[user.pk],
        ) as scope:
            found |= zip(given, scope.open_all([getattr(user, name) for name in given]), strict=True)
    return found
