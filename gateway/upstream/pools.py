"""The pools: which server answers for a model, and which one after it failed.

Of those that are fit the least busy one is asked. A second one is asked only before a byte of an answer was received,
and never the same one twice: a completion changes nothing at a server, and the call is recorded once.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence

from catalog.upstreams import ModelServer, Moderates
from gateway.errors import UpstreamError
from gateway.refusals import refusal
from gateway.requests.asked import Asked
from gateway.sse import DONE
from gateway.upstream.boundary import Client
from gateway.upstream.member import Exchange, Member
from gateway.upstream.reading import LONGEST_ANSWER, LONGEST_REFUSAL, Events, read_whole

_TRIES = 3
_CHAT, _MODERATIONS = "/chat/completions", "/moderations"


class Pools:
    """All model servers; an Upstream."""

    def __init__(
        self,
        servers: Iterable[ModelServer],
        client: Callable[[ModelServer], Client],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._members = [Member(server, client(server), clock) for server in servers]
        self._offering: dict[tuple[str, str], list[tuple[Member, str]]] = {}
        self._turns = 0

    async def open(self) -> None:
        for member in self._members:
            await member.client.open()

    async def close(self) -> None:
        for member in self._members:
            await member.client.close()

    def stop(self) -> None:
        for member in self._members:
            member.client.stop()

    async def complete(self, asked: Asked) -> bytes:
        exchange = await self._begin(asked)
        try:
            body = await read_whole(exchange.received, LONGEST_ANSWER)
        except BaseException as error:
            exchange.end(error)
            raise
        exchange.end()
        return body

    async def stream(self, asked: Asked) -> AsyncGenerator[list[bytes], None]:
        exchange = await self._begin(asked)
        try:
            batches = Events(exchange.received)
            while events := await batches.next():
                yield events
                if DONE in events:
                    await exchange.received.finish()
                    break
        except BaseException as error:
            exchange.end(error)
            raise
        exchange.end()

    def moderates(self, model: str, known_as: str) -> Moderates | None:
        offers = (member.server.offer(model, known_as) for member in self._members)
        return next((offer.moderates for offer in offers if offer), None)

    async def ready(self) -> bool:
        return any(await asyncio.gather(*(member.client.answers() for member in self._members)))

    def pools(self) -> Mapping[str, int]:
        counts = Counter({"ok": 0, "degraded": 0, "unavailable": 0})
        for members in self._by_model():
            fit = sum(member.circuit.closed for member in members)
            counts["ok" if fit == len(members) else "degraded" if fit else "unavailable"] += 1
        return counts

    def _by_model(self) -> list[list[Member]]:
        models = {model for member in self._members for model in member.server.models}
        if not models:  # one server, and whatever it lists
            return [self._members]
        return [[member for member in self._members if model in member.server.models] for model in models]

    async def _begin(self, asked: Asked) -> Exchange:
        """Return an exchange whose answer has begun with 200, or raise what the last server asked did."""
        offering = self._who_offers(asked.model, asked.known_as)
        if not offering:
            raise UpstreamError("No model server offers the model.", "misconfigured", True)
        pool = [member for member, _ in offering]
        failure: UpstreamError | None = None
        for _ in range(min(_TRIES, len(pool))):
            fit = [each for each in offering if each[0] in pool and each[0].fit()]
            if not fit:
                break
            member, name = self._least_busy(fit)
            pool.remove(member)
            try:
                return await _try(member, asked, name)
            except UpstreamError as error:
                if error.code == "refused":
                    raise  # the request is wrong, wherever it goes
                failure = error
        raise failure or _nobody(pool)

    def _who_offers(self, model: str, known_as: str) -> list[tuple[Member, str]]:
        """Return the members that offer a model, each with its own name for it; models are the catalog's, and few."""
        found = self._offering.get((model, known_as))
        if found is None:
            offers = [(member, member.server.offer(model, known_as)) for member in self._members]
            found = [(member, offer.name) for member, offer in offers if offer]
            self._offering[model, known_as] = found
        return found

    def _least_busy(self, members: Sequence[tuple[Member, str]]) -> tuple[Member, str]:
        found = members[0] if len(members) == 1 else min(members, key=lambda each: (each[0].busy, each[0].turn))
        self._turns += 1
        found[0].turn = self._turns
        return found


async def _try(member: Member, asked: Asked, name: str) -> Exchange:
    path = _MODERATIONS if asked.to_moderations else _CHAT
    exchange = Exchange(member)
    try:
        body = asked.body(name, continuous_usage=member.server.continuous_usage)
        received = await member.client.post(path, body)
        exchange.take(received)
        if received.status != 200:
            error = refusal(received.status, received.headers, await read_whole(received, LONGEST_REFUSAL))
            if error.retry_after is not None:
                member.send_away(error.retry_after)
            raise error
    except BaseException as error:
        exchange.end(error)
        raise
    exchange.answered()
    return exchange


def _nobody(pool: Sequence[Member]) -> UpstreamError:
    """Return what nobody is there for: all rest as they asked to, or all had failures in a row."""
    wait = math.ceil(min(max(member.rest, member.circuit.wait) for member in pool)) or 1
    if any(member.circuit.closed for member in pool):
        return UpstreamError("The model server is busy.", "rate_limited", False, retry_after=wait)
    return UpstreamError("No model server is available.", "away", False, retry_after=wait)
