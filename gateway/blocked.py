"""Saying why a call was blocked: one sentence a rule, and the refusal that the console shows of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import ceil, isinf
from typing import TYPE_CHECKING
from uuid import UUID

from billing.permits import Permit, Refused
from gateway.errors import GatewayError
from gateway.limits.demand import CONCURRENT, REQUESTS, TOKENS, Over
from gateway.refusal import Refusal

if TYPE_CHECKING:
    from billing.purses import Purse
    from keys.verification import Caller

_WHOSE = {"organization": "the organization's", "project": "the project's", "key": "the key's"}
_LIMITS = {
    REQUESTS: "This request is over {whose} {limit} requests a minute.",
    TOKENS: "This request and its answer could be more than is left of {whose} {limit} tokens a minute.",
    CONCURRENT: "{whose} {limit} requests at once are under way.",
}
_NEVER = "This request and its answer could be more than {whose} {limit} tokens a minute. Lower its max tokens."
_MONEY = {
    Permit.NO_CREDIT: (
        "organization.credit",
        "insufficient_credit",
        "The organization's credit does not cover what this request could cost. Add credit, or lower its max tokens.",
    ),
    Permit.OVER_LIMIT: (
        "organization.credit_limit",
        "credit_limit_reached",
        "The organization owes as much as it may. Pay an invoice.",
    ),
    Permit.OVER_CAP: (
        "organization.spend_cap",
        "spend_cap_reached",
        "This request could exceed the organization's spend cap of the month.",
    ),
    Permit.SUSPENDED: ("organization.suspended", "billing_suspended", "The organization's billing is suspended."),
    Permit.OVER_BUDGET: ("budget", "budget_reached", "This request could exceed {whose} budget."),
}


class Blocked:
    """Makes the answers of refused calls; `note` hears of each refusal."""

    def __init__(self, console: str, note: Callable[[Refusal], None]) -> None:
        self._console = console
        self._note = note

    def network(self, id: UUID, caller: "Caller") -> GatewayError:
        """The key may not be used from where the call comes from."""
        message = "The API key may not be used from this address."
        return GatewayError(403, "address_not_allowed", message, refusal=self._refusal(id, caller, "key.networks"))

    def scope(self, id: UUID, caller: "Caller", scope: str) -> GatewayError:
        """The key may not do that."""
        message = f"The API key lacks the scope {scope}."
        return GatewayError(403, "scope_missing", message, refusal=self._refusal(id, caller, "key.scopes"))

    def model(self, id: UUID, caller: "Caller", model: str) -> GatewayError:
        """The key may not call this model."""
        refusal = self._refusal(id, caller, "key.models", model)
        message = "The API key may not call this model."
        return GatewayError(403, "model_not_allowed", message, param="model", refusal=refusal)

    def policy(self, id: UUID, caller: "Caller", model: str) -> None:
        """The organization blocks the class of this model: that is counted, and the caller is told of no such model."""
        self._refusal(id, caller, "organization.data_policy", model)

    def suspended(self, id: UUID, caller: "Caller") -> GatewayError:
        """The organization is suspended."""
        rule, code, message = _MONEY[Permit.SUSPENDED]
        return GatewayError(402, code, message, refusal=self._refusal(id, caller, rule))

    def over(self, id: UUID, caller: "Caller", model: str, over: Over) -> GatewayError:
        """A limit is used up."""
        bucket, standing = over.bucket, over.standing
        whose, now = _WHOSE[bucket.level], datetime.now(UTC)
        never = isinf(standing.retry_in)
        sentence = _NEVER if never and bucket.kind == TOKENS else _LIMITS[bucket.kind]
        text = sentence.format(whose=whose, limit=bucket.limit)
        refusal = self._refusal(
            id,
            caller,
            bucket.rule,
            model,
            limit=bucket.limit,
            counter=bucket.limit - standing.remaining,
            resets_at=None if bucket.kind == CONCURRENT else now + timedelta(seconds=standing.resets_in),
        )
        retry_after = None if never else max(1, ceil(standing.retry_in))
        return GatewayError(
            429,
            "rate_limit_exceeded",
            text[0].upper() + text[1:],
            retry_after=retry_after,
            refusal=refusal,
            standings={bucket.kind: standing},
        )

    def not_covered(self, id: UUID, caller: "Caller", model: str, purse: "Purse", refused: Refused) -> GatewayError:
        """An account or a budget does not cover the call."""
        rule, code, message = _MONEY[refused.permit]
        if refused.permit is Permit.OVER_BUDGET:
            rule, message = f"{purse.level}.{rule}", message.format(whose=_WHOSE[purse.level])
        refusal = self._refusal(
            id, caller, rule, model, limit=refused.limit, counter=refused.counter, resets_at=refused.resets_at
        )
        return GatewayError(402, code, message, refusal=refusal)

    def _refusal(
        self,
        id: UUID,
        caller: "Caller",
        rule: str,
        model: str = "",
        *,
        limit: int | None = None,
        counter: int | None = None,
        resets_at: datetime | None = None,
    ) -> Refusal:
        refusal = Refusal(
            rule=rule,
            request_id=id,
            organization_id=caller.organization_id,
            project_id=caller.project_id,
            key_id=caller.key_id,
            model=model,
            at=datetime.now(UTC),
            url=f"{self._console}/o/{caller.organization}/blocked/?request={id}",
            limit=limit,
            counter=counter,
            resets_at=resets_at,
        )
        self._note(refusal)
        return refusal
