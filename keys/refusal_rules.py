"""The rules that refuse calls, by the names that answers and rows give them: what each means, and what to do about it.

A rule is `<level>.<limit>`. Limits that people set are the same at each level; the others are named one by one.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from keys.models import Level

Text = str | Promise


class Unit(StrEnum):
    """What a rule counts."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    CONCURRENT = "concurrent"
    MONEY = "money"
    NOTHING = ""


class Remedy(StrEnum):
    """Where something can be done about it."""

    LIMITS = "limits"
    BUDGET = "budget"
    CREDIT = "credit"
    CAP = "cap"
    INVOICES = "invoices"
    KEY = "key"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Rule:
    """`level` and `limit` are the two halves of the name."""

    name: str
    title: Text
    meaning: Text
    advice: Text
    unit: Unit
    remedy: Remedy

    @property
    def level(self) -> str:
        return self.name.partition(".")[0]

    @property
    def limit(self) -> str:
        return self.name.partition(".")[2]


_TITLES: dict[tuple[Level, str], Text] = {
    (Level.ORGANIZATION, "requests_per_minute"): gettext_lazy("Requests a minute of the organization"),
    (Level.ORGANIZATION, "tokens_per_minute"): gettext_lazy("Tokens a minute of the organization"),
    (Level.ORGANIZATION, "concurrent"): gettext_lazy("Requests at once of the organization"),
    (Level.ORGANIZATION, "budget"): gettext_lazy("Budget of the organization"),
    (Level.PROJECT, "requests_per_minute"): gettext_lazy("Requests a minute of the project"),
    (Level.PROJECT, "tokens_per_minute"): gettext_lazy("Tokens a minute of the project"),
    (Level.PROJECT, "concurrent"): gettext_lazy("Requests at once of the project"),
    (Level.PROJECT, "budget"): gettext_lazy("Budget of the project"),
    (Level.KEY, "requests_per_minute"): gettext_lazy("Requests a minute of the key"),
    (Level.KEY, "tokens_per_minute"): gettext_lazy("Tokens a minute of the key"),
    (Level.KEY, "concurrent"): gettext_lazy("Requests at once of the key"),
    (Level.KEY, "budget"): gettext_lazy("Budget of the key"),
}
_COUNTED: dict[str, tuple[Text, Text, Unit, Remedy]] = {
    "requests_per_minute": (
        gettext_lazy("More requests came within a minute than the limit lets through."),
        gettext_lazy("Spread the calls and wait as long as Retry-After says, or have the limit raised."),
        Unit.REQUESTS,
        Remedy.LIMITS,
    ),
    "tokens_per_minute": (
        gettext_lazy("The calls of a minute could take more tokens than the limit lets through."),
        gettext_lazy("Ask for fewer tokens at most, wait as long as Retry-After says, or have the limit raised."),
        Unit.TOKENS,
        Remedy.LIMITS,
    ),
    "concurrent": (
        gettext_lazy("As many calls were under way as the limit allows at once."),
        gettext_lazy("Begin a call when another one has ended, or have the limit raised."),
        Unit.CONCURRENT,
        Remedy.LIMITS,
    ),
    "budget": (
        gettext_lazy("What the call could cost at most did not fit into what is left of the budget."),
        gettext_lazy("Wait for the next period, ask for fewer tokens at most, or have the budget raised."),
        Unit.MONEY,
        Remedy.BUDGET,
    ),
}
_NAMED = (
    Rule(
        "organization.credit",
        gettext_lazy("Credit"),
        gettext_lazy("What the call could cost at most was more than the credit that is left."),
        gettext_lazy("Add credit, or ask for fewer tokens at most."),
        Unit.MONEY,
        Remedy.CREDIT,
    ),
    Rule(
        "organization.spend_cap",
        gettext_lazy("Spend cap of the month"),
        gettext_lazy("The call could have gone over what the organization spends in a month."),
        gettext_lazy("Raise the cap, or wait for the next month."),
        Unit.MONEY,
        Remedy.CAP,
    ),
    Rule(
        "organization.credit_limit",
        gettext_lazy("What may be owed"),
        gettext_lazy("The organization owes as much as it may."),
        gettext_lazy("Pay an invoice."),
        Unit.MONEY,
        Remedy.INVOICES,
    ),
    Rule(
        "organization.suspended",
        gettext_lazy("Suspended"),
        gettext_lazy("The organization’s billing is suspended."),
        gettext_lazy("Pay what is overdue."),
        Unit.NOTHING,
        Remedy.INVOICES,
    ),
    Rule(
        "organization.data_policy",
        gettext_lazy("Data policy"),
        gettext_lazy("The organization does not use models of this class, so that they look as if they were missing."),
        gettext_lazy("Call a model of another class, or have an admin allow this one."),
        Unit.NOTHING,
        Remedy.POLICY,
    ),
    Rule(
        "key.models",
        gettext_lazy("Models of the key"),
        gettext_lazy("The key may not call this model."),
        gettext_lazy("Use another key, or have the model added to this one."),
        Unit.NOTHING,
        Remedy.KEY,
    ),
    Rule(
        "key.networks",
        gettext_lazy("Networks of the key"),
        gettext_lazy("The call came from an address from which the key may not be used."),
        gettext_lazy("Call from one of its networks, or have this one added. If nobody here called, rotate the key."),
        Unit.NOTHING,
        Remedy.KEY,
    ),
    Rule(
        "key.scopes",
        gettext_lazy("Scopes of the key"),
        gettext_lazy("The key may not do this kind of call."),
        gettext_lazy("Use a key that has the scope."),
        Unit.NOTHING,
        Remedy.KEY,
    ),
    Rule(
        "key.expired",
        gettext_lazy("Expiry of the key"),
        gettext_lazy("The key had expired."),
        gettext_lazy("Make another key, or rotate keys before they expire."),
        Unit.NOTHING,
        Remedy.KEY,
    ),
)
RULES = {
    rule.name: rule
    for rule in (
        *(Rule(f"{level}.{limit}", title, *_COUNTED[limit]) for (level, limit), title in _TITLES.items()),
        *_NAMED,
    )
}

# Whose figures are the organization's money, for who sees its billing.
PRIVATE = frozenset({"organization.credit", "organization.spend_cap", "organization.credit_limit"})


def rule_of(name: str) -> Rule:
    """Return a rule; of a name that a newer gateway may have written, one that says just that."""
    return RULES.get(name) or Rule(
        name, name, gettext_lazy("A rule that this page does not know."), "", Unit.NOTHING, Remedy.LIMITS
    )
