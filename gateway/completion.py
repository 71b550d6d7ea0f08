"""One chat completion, from the accepted request to the last byte of its answer."""

import asyncio
import logging
from contextlib import aclosing

from gateway.accounting import Account
from gateway.answers import read_answer, read_chunk
from gateway.errors import UpstreamError, told_to_caller, unexpected
from gateway.http import ClientGone, Reply
from gateway.requests.asked import Asked
from gateway.shapes.shape import Heading, Script, Shape
from gateway.sse import DONE
from gateway.upstream import Upstream
from gateway.watch import Watch
from usage.calls import Outcome

log = logging.getLogger(__name__)

_CLIENT_LEFT = 499  # nginx's number for it; nobody receives it


class Completion:
    """Brings one answer from the upstream to the caller and settles its account on every way out."""

    def __init__(
        self, *, account: Account, heading: Heading, shape: Shape, upstream: Upstream, reply: Reply, watch: Watch
    ) -> None:
        self._account = account
        self._heading = heading
        self._shape = shape
        self._upstream = upstream
        self._reply = reply
        self._watch = watch

    async def answer(self, asked: Asked, *, stream: bool) -> None:
        """Answer the request; raise GatewayError if nothing was sent yet."""
        script = self._shape.script(self._heading) if stream else None
        with self._watch:
            try:
                await (self._stream(asked, script) if script else self._whole(asked))
            except UpstreamError as error:
                await self._fail(error, script)
            except (asyncio.CancelledError, ClientGone):
                self._account.settle(_CLIENT_LEFT, Outcome.DISCONNECTED)
                raise
            except Exception:
                self._account.settle(500, Outcome.FAILED)
                if script and self._reply.started:  # its end alone would look like any other
                    await self._reply.events(script.failure(unexpected()), last=True)
                raise

    async def _whole(self, asked: Asked) -> None:
        received = await self._upstream.complete(asked)
        answer = read_answer(received)
        self._account.take_answer(answer)
        usage = self._account.meter.usage
        shown = self._shape.whole(received, answer, self._heading, usage)
        self._account.settle(200, Outcome.COMPLETED)
        self._reply.json(200, shown)

    async def _stream(self, asked: Asked, script: Script) -> None:
        ended = False
        async with aclosing(self._upstream.stream(asked)) as batches:
            async for events in batches:
                await self._relay(events, script)
                if DONE in events:
                    # Not the end of the loop: the upstream may want to free its connection.
                    await self._finish(script)
                    ended = True
        if ended:
            return
        if not self._account.meter.finished:
            raise UpstreamError("The stream ended too early.", "unreachable", False)
        await self._finish(script)

    async def _relay(self, events: list[bytes], script: Script) -> None:
        shown: list[bytes] = []
        try:
            for data in events:
                if data == DONE:
                    self._account.meter.finished = True
                    break
                chunk = read_chunk(data)
                self._account.take_chunk(chunk)
                shown.append(script.chunk(data, chunk))
        finally:  # also what came before a bad event
            if piece := b"".join(shown):
                await self._reply.events(piece)

    async def _finish(self, script: Script) -> None:
        usage = self._account.settle(200, Outcome.COMPLETED)
        self._watch.end()
        await self._reply.events(script.end(usage), last=True)

    async def _fail(self, error: UpstreamError, script: Script | None) -> None:
        told = told_to_caller(error)
        self._account.settle(told.status, Outcome.FAILED)
        log.warning("call %s: upstream %s, answered %d", self._account.id, error.code, told.status)
        if script is None or not self._reply.started:
            raise told from None
        await self._reply.events(script.failure(told), last=True)
