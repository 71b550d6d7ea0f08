"""Admission: whether a call may run. Its key's rights, its limits, and the money for its worst case, in this order.

Everything is taken or nothing: a call that its money refuses uses none of its limits.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from gateway import worst_case
from gateway.addresses import Address, network_of
from gateway.auth import unknown_key
from gateway.blocked import Blocked
from gateway.callers import Known
from gateway.estimate import Measure, measure, prompt_tokens, ratios
from gateway.limits.demand import Limiter, Over, Ticket
from gateway.limits.gcra import Standing
from gateway.purses import NotCovered, Purses, Share
from gateway.requests.question import Question

if TYPE_CHECKING:
    from catalog.served import ServedModel
    from keys.verification import Caller


@dataclass(slots=True)
class Pass:
    """What a call that may run has of limits and purses, until it is settled or cancelled."""

    known: Known
    network: str
    limiter: Limiter
    ticket: Ticket
    share: Share
    measured: Measure
    most_tokens: int | None  # of an answer: what the upstream is told where the caller names no number
    _over: bool = field(default=False, init=False)

    @property
    def caller(self) -> "Caller":
        return self.known.caller

    @property
    def standings(self) -> dict[str, Standing]:
        return self.ticket.standings

    def settle(self, tokens: int) -> None:
        """The call used so many tokens and is recorded."""
        if not self._over:
            self._over = True
            self.limiter.settle(self.ticket, tokens)
            self.share.end()

    def cancel(self) -> None:
        """The call did not run; nothing of it counts."""
        if not self._over:
            self._over = True
            self.limiter.cancel(self.ticket)
            self.share.cancel()


class Admission:
    """Lets calls run, or raises the GatewayError with the rule that does not."""

    def __init__(self, *, limiter: Limiter, purses: Purses, blocked: Blocked, max_completion: int) -> None:
        self.limiter = limiter
        self._blocked = blocked
        self._purses = purses
        self._max_completion = max_completion

    def check(self, id: UUID, known: Known, scope: str, address: Address | None) -> None:
        """Raise what a key may not: be used any more, from here, or for this."""
        caller = known.caller
        if caller.over_at is not None and caller.over_at <= datetime.now(UTC):
            raise unknown_key()
        if not caller.comes_from(address):
            raise self._blocked.network(id, caller)
        if not caller.may(scope):
            raise self._blocked.scope(id, caller, scope)

    async def admit(
        self, id: UUID, known: Known, question: Question, model: "ServedModel", address: Address | None
    ) -> Pass:
        """Count a call against its limits and set its worst case aside."""
        caller, body = known.caller, question.body
        if known.funding.suspended:
            raise self._blocked.suspended(id, caller)
        completion = worst_case.completion_tokens(body, self._max_completion)
        measured = measure(body)
        buckets, counts_tokens = known.buckets(model.name)
        ratio = ratios.ratio((caller.organization_id, model.name)) if counts_tokens else 1.0
        tokens = prompt_tokens(measured, ratio) + completion if counts_tokens else 0
        ticket = await self.limiter.admit(id, buckets, tokens)
        if isinstance(ticket, Over):
            raise self._blocked.over(id, caller, model.name, ticket)
        worst = 0
        if known.funding.purses:
            worst = model.worst(worst_case.prompt_tokens(measured), completion, datetime.now(UTC))
        try:
            share = await self._purses.take(known.funding.purses, worst)
        except NotCovered as error:
            self.limiter.cancel(ticket)
            raise self._blocked.not_covered(id, caller, model.name, error.purse, error.refused) from None
        except BaseException:
            self.limiter.cancel(ticket)
            raise
        most = self._max_completion if worst or counts_tokens else None
        return Pass(known, network_of(address), self.limiter, ticket, share, measured, most)
