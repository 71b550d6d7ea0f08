"""Scopes: what one recorded opening may open, held by the unsealer and named by a random token."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from ledger.actor import Actor
from vault.errors import VaultError
from vault.places import Column, column
from vault.purposes import RULES, Purpose, Reason, Rule
from vault.unsealer.messages import Opening, Value

MOST_SUBJECTS = 10_000
MOST_SCOPES = 64  # at once in one session: each may hold 10,000 ids
_LIFETIME = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class Scope:
    opening: Opening
    columns: dict[str, Column]
    subjects: frozenset[UUID]
    until: float  # monotonic seconds

    def is_over(self) -> bool:
        return self.until < time.monotonic()

    def places(self, values: Iterable[Value]) -> list[tuple[Column, Value]]:
        """Return each value with its column; VaultError unless the scope covers all of them."""
        if self.is_over():
            raise VaultError("scope-closed", "The disclosure scope was open for too long.")
        columns, tenant, subjects = self.columns, self.opening.tenant, self.subjects
        found = []
        for value in values:
            place = columns.get(value.label)
            if place is None or value.tenant != tenant or value.pk not in subjects:
                raise VaultError("outside-scope", "This value is not part of the disclosure scope.")
            found.append((place, value))
        return found


def rule_of(opening: Opening) -> Rule:
    """Return the rule that an opening falls under; VaultError if no rule lets this actor open these fields."""
    try:
        purpose = Purpose(opening.purpose)
    except ValueError:
        raise VaultError("refused", "There is no such purpose.") from None
    rule, actor = RULES[purpose], admitted(opening.actor, purpose)
    if not opening.fields or not opening.subjects or len(opening.subjects) > MOST_SUBJECTS:
        raise VaultError("refused", "A scope names its fields and at most 10,000 rows.")
    if refused := sorted(set(opening.fields) - rule.fields):
        raise VaultError("refused", f"{opening.purpose} does not open {', '.join(refused)}.")
    if opening.grant and not rule.granted:
        raise VaultError("refused", f"{opening.purpose} takes no grant.")
    if opening.reason not in (set(Reason) if rule.reasoned else {""}):
        raise VaultError(
            "refused", f"{opening.purpose} takes {'one of the reasons' if rule.reasoned else 'no reason'}."
        )
    if rule.own and str(opening.tenant) != actor.id:
        raise VaultError("refused", f"{opening.purpose} opens one's own data only.")
    return rule


def actor_of(text: str) -> Actor:
    """Return the actor; VaultError for what names nobody, so that it stands in no leaf as if it did."""
    try:
        return Actor.parse(text)
    except ValueError:
        raise VaultError("refused", "There is no such actor.") from None


def admitted(text: str, purpose: Purpose) -> Actor:
    """Return the actor; VaultError for one whom the purpose does not name."""
    actor = actor_of(text)
    if not RULES[purpose].admits(actor):
        raise VaultError("refused", f"{purpose} is not for this actor.")
    return actor


def scope_of(opening: Opening) -> Scope:
    columns = {label: column(label) for label in opening.fields}
    return Scope(opening, columns, frozenset(opening.subjects), time.monotonic() + _LIFETIME)
