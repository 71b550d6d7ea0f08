"""Verdicts on keys: whether a call with a key may go on, with everything another gateway needs to know of it."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from gateway.blocked import Blocked
from gateway.control.memory import Changes, Memory, place_of
from gateway.control.reservations import LIFETIME, Demand, Reservations
from gateway.control.rooms import ControlRooms
from gateway.control.verdict import ENDED, NOBODY, Question, Remembered, Verdict
from gateway.errors import GatewayError
from gateway.limits.demand import REQUESTS, Bucket, Over, buckets_for
from gateway.limits.gcra import Standing
from gateway.models import Models
from ledger.ids import new_id

if TYPE_CHECKING:
    from catalog.served import ServedModel
    from keys.verification import Caller

_MOST = 100_000  # keys in memory
_MOST_TOLD = 10_000  # answers in memory
_LONGEST_RECALLED = 1024  # bytes of a question


class Told(msgspec.Struct, frozen=True, gc=False):
    """An answer, as long as it is the same."""

    until: float
    moved: int  # of the limits that it tells of
    answer: bytes


class Verdicts:
    """Judges keys from memory, and asks for all that are not there at once."""

    def __init__(
        self,
        *,
        rooms: ControlRooms,
        models: Models,
        blocked: Blocked,
        reservations: Reservations,
        max_completion: int,
        changes: Changes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rooms = rooms
        self._models = models
        self._blocked = blocked
        self._reservations = reservations
        self._max_completion = max_completion
        self._clock = clock
        # Answers to one organization's gateway are its own, so that none is quicker for a key that others asked for.
        self._told: Memory[tuple[UUID | None, bytes], Told] = Memory(changes, _MOST_TOLD)
        self._asking: dict[tuple[object, UUID | None, bytes], asyncio.Task[dict[str, Remembered]]] = {}
        self._memory: Memory[tuple[UUID | None, bytes], Remembered] = Memory(changes, _MOST)

    def recall(self, body: bytes, organization_id: UUID | None) -> bytes | None:
        """Return the answer to what an organization asked in these words before, if it still is the same."""
        told = self._told.get((organization_id, _digest(body)))
        same = told is not None and told.moved == self._reservations.limiter.moved and told.until > self._clock()
        return told.answer if same and told else None

    async def answer(self, question: Question, body: bytes, organization_id: UUID | None) -> bytes:
        """Return the verdict on a question that was asked in these words, to be recalled if it may be."""
        limiter = self._reservations.limiter
        asked_at, moved = self._told.now(), limiter.moved
        (verdict,) = await self.judge([question], organization_id)
        answer, known = verdict.body, verdict.known
        plain = question.model is None and not question.consume and len(body) <= _LONGEST_RECALLED
        fine = known is not None and verdict.error is None and known.caller.over_at is None
        if known is not None and plain and fine and limiter.moved == moved and limiter.rests(known.buckets):
            self._told.put((organization_id, _digest(body)), Told(known.until, moved, answer), asked_at)
        return answer

    async def judge(self, questions: Sequence[Question], organization_id: UUID | None) -> list[Verdict]:
        """Return a verdict on each, in their order; about keys of one organization, or of all."""
        now = self._clock()
        found: dict[str, Remembered] = {}
        missing: set[str] = set()
        for question in questions:
            remembered = self._memory.get((organization_id, place_of(question.key)))
            if remembered is not None and remembered.until > now:
                found[question.key] = remembered
            elif self._rooms.is_well_formed(question.key):
                missing.add(question.key)
        if len(missing) == 1:
            found |= await self._learn_once(missing.pop(), organization_id)
        elif missing:
            found |= await self._learn(missing, organization_id)
        verdicts: list[Verdict] = []
        try:
            for question in questions:
                verdicts.append(await self._judge(question, found.get(question.key)))  # noqa: PERF401  what was judged counts
        except BaseException:  # nobody hears of what was set aside, so nobody would report it
            for verdict in verdicts:
                if verdict.more and (hold := verdict.more.get("hold")):
                    self._reservations.cancel(hold)
            raise
        return verdicts

    async def _learn_once(self, secret: str, organization_id: UUID | None) -> dict[str, Remembered]:
        """Ask for a key with everybody who asks for it now, if nothing has changed since the question was put."""
        if (moment := self._memory.now()) is None:
            return await self._learn({secret}, organization_id)
        asking = (moment, organization_id, place_of(secret))
        if (task := self._asking.get(asking)) is None:
            task = self._asking[asking] = asyncio.create_task(self._learn({secret}, organization_id))
            task.add_done_callback(lambda task: self._asked(asking, task))
        return await asyncio.shield(task)  # who leaves takes the answer from nobody

    def _asked(self, asking: tuple[object, UUID | None, bytes], task: asyncio.Task[dict[str, Remembered]]) -> None:
        del self._asking[asking]
        if not task.cancelled():
            task.exception()  # seen, even if nobody waits any more

    async def _learn(self, secrets: set[str], organization_id: UUID | None) -> dict[str, Remembered]:
        asked_at = self._memory.now()
        known = await self._rooms.ask(lambda: self._rooms.look_up(secrets, organization_id))
        learned = {secret: Remembered(each, self._clock()) for secret, each in known.items()}
        for secret, remembered in learned.items():
            self._memory.put((organization_id, place_of(secret)), remembered, asked_at)
        return learned

    async def _judge(self, question: Question, remembered: Remembered | None) -> Verdict:
        if remembered is None:
            return NOBODY
        standing, caller = remembered.known.standing, remembered.caller
        if (standing.ended or caller.over_at is not None) and (ended := standing.ended_at(datetime.now(UTC))):
            return Verdict(remembered, GatewayError(401, ended, ENDED[ended]))
        try:
            return Verdict(remembered, more=await self._admit(question, remembered))
        except GatewayError as error:
            return Verdict(remembered, error)

    async def _admit(self, question: Question, remembered: Remembered) -> dict[str, Any]:
        """Return what is to be told besides, or raise the rule that the call meets."""
        caller, funds = remembered.caller, remembered.known.funds
        if self._says_nothing_more(question, remembered):
            return {}
        if not caller.comes_from(question.address):
            raise self._blocked.network(new_id(), caller)
        if question.scope is not None and not caller.may(question.scope):
            raise self._blocked.scope(new_id(), caller, question.scope)
        model = None if question.model is None else await self._models.find(question.model, caller)
        if model is not None and not caller.reaches(model.name):
            raise self._blocked.model(new_id(), caller, model.name)
        if funds.funding.suspended:
            raise self._blocked.suspended(new_id(), caller)
        # What costs nothing needs no money, and what is to be set aside is asked for exactly.
        if funds.empty and not question.reserves and (model is None or model.worst(1, 1, datetime.now(UTC))):
            raise self._blocked.not_covered(new_id(), caller, question.model or "", *funds.empty)
        if not question.consume:
            return await self._counters(remembered, question.model)
        if not question.held:
            return await self._count(caller, question.model or "")
        if model is None:
            raise ValueError("what is consumed needs a model")
        return await self._reserve(question, remembered, model)

    def _says_nothing_more(self, question: Question, remembered: Remembered) -> bool:
        """Tell whether nothing that is asked or known can refuse: so it is for most keys."""
        caller, funds = remembered.caller, remembered.known.funds
        asked = question.scope or question.model or question.consume
        return not (asked or caller.networks or caller.rules or funds.empty or funds.funding.suspended)

    async def _reserve(self, question: Question, remembered: Remembered, model: "ServedModel") -> dict[str, Any]:
        hold_id, caller, funding = new_id(), remembered.caller, remembered.known.funds.funding
        reserved = await self._reservations.give(hold_id, caller, funding, model, self._demand(question, model))
        ends_at = datetime.now(UTC) + timedelta(seconds=LIFETIME)
        counters = await self._standing(reserved.ticket.buckets)
        return {"hold": hold_id, "hold_ends_at": ends_at, "held": str(reserved.share.amount), **counters}

    def _demand(self, question: Question, model: "ServedModel") -> Demand:
        """Return what a call uses at most; one whose tokens nobody tells is counted as one request alone."""
        if not question.reserves:
            return Demand()
        prompt = question.prompt_tokens or 0
        completion = self._max_completion if question.max_tokens is None else question.max_tokens
        return Demand(prompt, completion, model.worst(prompt, completion, datetime.now(UTC)))

    async def _count(self, caller: "Caller", model: str) -> dict[str, Any]:
        """Count a request whose end nobody will report: against limits on requests a minute alone."""
        buckets = tuple(bucket for bucket in buckets_for(caller.rules, model) if bucket.kind == REQUESTS)
        request_id = new_id()
        ticket = await self._reservations.limiter.admit(request_id, buckets, 0)
        if isinstance(ticket, Over):
            raise self._blocked.over(request_id, caller, model, ticket)
        self._reservations.limiter.settle(ticket, 0)
        return {}

    async def _counters(self, remembered: Remembered, model: str | None) -> dict[str, Any]:
        """Return how the limits stand; one with nothing left refuses."""
        caller = remembered.caller
        buckets = remembered.buckets if model is None else buckets_for(caller.rules, model)
        if not buckets:
            return {}
        standings = await self._reservations.limiter.counters(buckets)
        counters: list[_Counter] = []
        for bucket, standing in zip(buckets, standings, strict=True):
            if standing.remaining <= 0:
                raise self._blocked.over(new_id(), caller, model or "", Over(bucket, standing))
            counters.append(_counter(bucket.rule, standing))
        return {"counters": counters}

    async def _standing(self, buckets: tuple[Bucket, ...]) -> dict[str, Any]:
        """Return how limits stand after a call was counted."""
        standings = await self._reservations.limiter.counters(buckets) if buckets else []
        counters = [_counter(bucket.rule, each) for bucket, each in zip(buckets, standings, strict=True)]
        return {"counters": counters} if counters else {}


class _Counter(msgspec.Struct, gc=False):
    """How a limit stands, as it is told."""

    rule: str
    limit: int
    remaining: int
    resets_in: float  # seconds


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=32).digest()  # memory holds no secret longer than needed


def _counter(rule: str, standing: Standing) -> _Counter:
    return _Counter(rule, standing.limit, standing.remaining, round(standing.resets_in, 3))
