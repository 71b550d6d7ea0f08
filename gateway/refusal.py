"""A refusal: the rule that a call met, with its limit and its counter, as the answer and the console tell of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

# Whose figures are the organization's money (`keys.refusal_rules.PRIVATE`): they are for who sees its billing, and not
# for whoever has a key, or found one.
_PRIVATE = frozenset({"organization.credit", "organization.spend_cap", "organization.credit_limit"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which rule of an organization, project or key refused a call."""

    rule: str  # "<level>.<limit>", as organization.credit or key.requests_per_minute
    request_id: UUID
    organization_id: UUID
    project_id: UUID
    key_id: UUID
    model: str
    at: datetime
    url: str  # of the page that explains it
    limit: int | None = None  # a count, or pico-dollars of a rule on money
    counter: int | None = None  # what is used of it
    resets_at: datetime | None = None  # when the counter is back at nothing by itself

    def told(self) -> dict[str, object]:
        """Return what an error's body says of it; money as a string, for readers that count in floating point."""
        figures = {} if self.rule in _PRIVATE else {"limit": self.limit, "used": self.counter}
        if self.is_money:
            figures = {name: None if value is None else str(value) for name, value in figures.items()}  # type: ignore[misc]
        unit = {"unit": "picodollars"} if self.is_money and figures.get("limit") is not None else {}
        resets = {"resets_at": self.resets_at.isoformat(timespec="seconds")} if self.resets_at else {}
        known = {name: value for name, value in figures.items() if value is not None}
        return {"rule": self.rule, **known, **unit, **resets, "url": self.url}

    @property
    def is_money(self) -> bool:
        return self.rule.endswith((".budget", ".credit", ".spend_cap", ".credit_limit", ".suspended"))
