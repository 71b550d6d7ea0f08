"""The rooms below, as other gateways' questions need them; tests put memory in their place.

Everything but `ask` and `is_well_formed` may wait for a database and is called within `ask`, in threads that no call of
our own gateway waits for.
"""

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from django.db import OperationalError, close_old_connections

from usage.calls import Call

if TYPE_CHECKING:  # their modules need Django's apps loaded
    from billing.funds import Funds
    from catalog.models import Price
    from keys.control.credentials import Credential
    from keys.control.standing import Place, Standing

T = TypeVar("T")

_PATIENCE = 5.0  # seconds for an answer
_THREADS = 4


@dataclass(frozen=True, slots=True)
class Known:
    """How a key stands, and what there is to spend for it."""

    standing: "Standing"
    funds: "Funds"


class ControlRooms(Protocol):
    """What other gateways make this one ask. Failures of a database are django.db errors."""

    async def ask(self, question: Callable[[], T]) -> T:
        """Answer a question in a thread, or raise OperationalError when it takes too long."""

    def is_well_formed(self, secret: str) -> bool:
        """Tell whether a secret can be an API key at all."""

    def find_credential(self, secret: str) -> "Credential | None":
        """Return what a gateway's own secret gives."""

    def look_up(self, secrets: Collection[str], organization_id: UUID | None) -> dict[str, Known]:
        """Return how keys stand, of one organization's if one is named."""

    def places(
        self, secrets: Collection[str], key_ids: Collection[UUID], organization_id: UUID | None
    ) -> "tuple[dict[str, Place], dict[UUID, Place]]":
        """Return where usage of keys belongs, by secret and by id."""

    def models(self) -> frozenset[str]:
        """Return the names of all models that usage can be of, served now or not."""

    def countable(self, calls: Collection[Call]) -> list[bool]:
        """Tell of each call whether the books can hold what it costs."""

    def recorded(self, ids: Collection[UUID]) -> dict[UUID, tuple[object, ...]]:
        """Return what is recorded of calls, as `fingerprint` writes it."""

    def close(self) -> None:
        """Let go of the threads."""


def fingerprint(call: Call) -> tuple[object, ...]:
    """Return what must be the same for two reports to be of one call: all that it is charged by."""
    counts = (call.prompt_tokens, call.cached_tokens, call.completion_tokens)
    return (call.key_id, call.model, call.started_at, call.status, *counts)


class DjangoControlRooms:
    """The real rooms. Make it after django.setup()."""

    def __init__(self) -> None:
        from billing.funds import funds_of
        from catalog.models import Model
        from catalog.money import LARGEST
        from catalog.prices import PriceBook
        from keys.control.credentials import find_credential
        from keys.control.standing import places, standings
        from keys.secrets import hash_secret, is_well_formed
        from usage.models import UsageEvent

        self.find_credential = find_credential
        self._places = places
        self._standings = standings
        self._funds_of = funds_of
        self._models = Model.objects
        self._events = UsageEvent.objects
        self._price_book = PriceBook
        self._largest = LARGEST // 1000  # so that many fit into one sum
        self._hash, self.is_well_formed = hash_secret, is_well_formed
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="control")

    async def ask(self, question: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_PATIENCE):
                return await loop.run_in_executor(self._pool, _with_fresh_connections, question)
        except TimeoutError:
            raise OperationalError("the database did not answer in time") from None

    def look_up(self, secrets: Collection[str], organization_id: UUID | None) -> dict[str, Known]:
        hashes = self._hashes(secrets)
        found = self._standings(hashes, organization_id) if hashes else {}
        subjects = {each: _subjects(standing) for each, standing in found.items()}
        funds = self._funds_of(set(subjects.values()))
        return {hashes[each]: Known(standing, funds[subjects[each]]) for each, standing in found.items()}

    def places(
        self, secrets: Collection[str], key_ids: Collection[UUID], organization_id: UUID | None
    ) -> "tuple[dict[str, Place], dict[UUID, Place]]":
        hashes = self._hashes(secrets)
        by_hash, by_id = self._places(hashes, key_ids, organization_id)
        return {hashes[each]: place for each, place in by_hash.items() if each in hashes}, by_id

    def models(self) -> frozenset[str]:
        return frozenset(self._models.values_list("name", flat=True))

    def countable(self, calls: Collection[Call]) -> list[bool]:
        book = self._price_book({call.model for call in calls})
        return [self._amount(call, book.price(call.model, call.started_at)) <= self._largest for call in calls]

    def recorded(self, ids: Collection[UUID]) -> dict[UUID, tuple[object, ...]]:
        columns = ("key_id", "model", "started_at", "status", "prompt_tokens", "cached_tokens", "completion_tokens")
        rows = self._events.filter(pk__in=ids).values_list("id", *columns)
        return {call_id: tuple(values) for call_id, *values in rows}

    def _hashes(self, secrets: Collection[str]) -> dict[bytes, str]:
        return {self._hash(secret): secret for secret in secrets if self.is_well_formed(secret)}

    def _amount(self, call: Call, price: "Price | None") -> int:
        return price.amount(call.prompt_tokens, call.cached_tokens, call.completion_tokens) if price else 0

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _subjects(standing: "Standing") -> tuple[UUID, UUID, UUID]:
    caller = standing.caller
    return (caller.organization_id, caller.project_id, caller.subject_id)


def _with_fresh_connections(work: Callable[[], T]) -> T:
    # Django does this around a request; nobody else would close a connection that died or aged.
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
