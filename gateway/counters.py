"""How limits stand, for the console alone: the counters that enforce are the ones that its pages show."""

from hmac import compare_digest
from typing import Literal
from uuid import UUID

import msgspec

from gateway.auth import presented_secret
from gateway.errors import GatewayError
from gateway.http import Request
from gateway.limits.demand import Bucket, Limiter

_MOST_BODY = 256 * 1024


class Asked(msgspec.Struct):
    """One limit: whose, for which model ("" for all), of which kind, and how high."""

    subject_id: UUID
    model: str
    kind: Literal["requests_per_minute", "tokens_per_minute", "concurrent"]
    limit: int


class Stands(msgspec.Struct):
    """How it stands, in the order in which limits were asked for."""

    limit: int
    remaining: int
    resets_in: float  # seconds


_asked = msgspec.json.Decoder(list[Asked])
_LETTERS = {"requests_per_minute": "r", "tokens_per_minute": "t", "concurrent": "c"}


class Counters:
    """Answers who knows the token that the console and the gateway derive from their common secret."""

    def __init__(self, limiter: Limiter, token: str) -> None:
        self._limiter = limiter
        self._token = token

    async def answer(self, request: Request) -> bytes:
        """Return the standings of the limits in the body; 404 to everybody else."""
        presented = presented_secret(request.header("authorization")) or ""
        if not self._token or not compare_digest(presented, self._token):
            raise GatewayError(404, "not_found", "There is nothing at this address.")
        try:
            asked = _asked.decode(await request.body(_MOST_BODY))
        except msgspec.MsgspecError:
            raise GatewayError(400, "invalid_request", "The body is no list of limits.") from None
        buckets = [
            Bucket(f"{each.subject_id.hex}:{each.model}:{_LETTERS[each.kind]}", "", each.kind, each.limit)
            for each in asked
        ]
        found = await self._limiter.counters(buckets)
        return msgspec.json.encode([Stands(each.limit, each.remaining, each.resets_in) for each in found])
