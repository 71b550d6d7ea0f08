"""A verdict on a key as it is told: what is asked, what is remembered of the key, and the answer in JSON."""

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.control.rooms import Known
from gateway.errors import GatewayError
from gateway.limits.demand import buckets_for

if TYPE_CHECKING:
    from billing.funds import BudgetState
    from keys.verification import Caller

_LIFETIME = 60.0  # seconds
_LIFETIME_OF_MONEY = 1.0  # seconds: it changes with each call, and nobody is told

ENDED = {
    "unknown": "There is no such key.",
    "revoked": "The key was revoked.",
    "expired": "The key is over.",
    "project_archived": "The key's project is archived.",
}


class Question(msgspec.Struct, frozen=True, gc=False):
    """What is asked of a key; what is left out is not looked at, but for an address where the key's are limited."""

    key: str
    model: str | None = None
    scope: str | None = None
    address: IPv4Address | IPv6Address | None = None
    consume: bool = False  # whether a call begins by this
    held: bool = True  # whether its end will be reported
    prompt_tokens: int | None = None
    max_tokens: int | None = None

    __repr__ = object.__repr__  # shows no key

    @property
    def reserves(self) -> bool:
        """Whether what the call can cost is set aside."""
        return self.consume and self.held and (self.prompt_tokens is not None or self.max_tokens is not None)


class Remembered:
    """What is known of a key, with the answer for when nothing speaks against it, written once."""

    __slots__ = ("buckets", "fine", "known", "told", "until")

    def __init__(self, known: Known, now: float) -> None:
        self.known = known
        self.buckets = buckets_for(known.standing.caller.rules, "")  # of calls whose model nobody names
        self.told = msgspec.json.encode(_told(known))
        self.fine = _joined(_FINE, self.told)
        of_money = known.funds.funding.purses or known.funds.budgets
        self.until = now + (_LIFETIME_OF_MONEY if of_money else _LIFETIME)

    @property
    def caller(self) -> "Caller":
        return self.known.standing.caller


class Verdict(msgspec.Struct, frozen=True):
    """A key may go on unless there is an error; without `known` nothing is told but that there is no such key."""

    known: Remembered | None
    error: GatewayError | None = None
    more: dict[str, Any] | None = None

    @property
    def body(self) -> bytes:
        """The verdict in JSON."""
        if self.error is None and self.known is not None:
            if not self.more:
                return self.known.fine
            return _joined(_FINE, msgspec.json.encode(self.more), self.known.told)
        error = self.error or _unknown()
        refusal = error.refusal.told() if error.refusal else {}
        retry = {} if error.retry_after is None else {"retry_after": error.retry_after}
        refused = {"valid": False, "code": error.code, "detail": error.message, **refusal, **retry}
        return _joined(msgspec.json.encode(refused), *([self.known.told] if self.known else []))


def _joined(*objects: bytes) -> bytes:
    """Return one JSON object with the members of several, none of which is empty."""
    return b"{%b}" % b",".join(each[1:-1] for each in objects)


_FINE = b'{"valid":true,"code":"ok"}'


def _told(known: Known) -> dict[str, Any]:
    caller = known.standing.caller
    return {
        "key_id": caller.key_id,
        "project_id": caller.project_id,
        "organization_id": caller.organization_id,
        "organization": caller.organization,
        "scopes": sorted(caller.scopes),
        "models": None if caller.models is None else sorted(caller.models),
        "networks": [str(network) for network in caller.networks],
        "expires_at": caller.over_at,
        "limits": [_rule(rule) for rule in caller.rules],
        "budgets": [_budget(budget) for budget in known.funds.budgets],
    }


def _rule(rule: Any) -> dict[str, Any]:
    names = ("level", "subject_id", "model", "requests_per_minute", "tokens_per_minute", "concurrent")
    return {name: getattr(rule, name) for name in names}


def _budget(budget: "BudgetState") -> dict[str, Any]:
    amounts = {name: getattr(budget, name) for name in ("hard", "soft", "spent", "held", "remaining")}
    return {
        "level": budget.level,
        "subject_id": budget.subject_id,
        "period": budget.period,
        # Pico-dollars as text: JSON's readers round what is above 2**53.
        **{name: None if amount is None else str(amount) for name, amount in amounts.items()},
        "resets_at": budget.resets_at,
    }


def _unknown() -> GatewayError:
    return GatewayError(401, "unknown", ENDED["unknown"])


NOBODY = Verdict(None, _unknown())
