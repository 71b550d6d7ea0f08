"""The rooms below, in memory: what the gateway asks is answered at once, what it tells is remembered."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import OperationalError

from billing.holds import LIFETIME, Held
from billing.permits import Refused
from billing.purses import Funding, Purse
from catalog.models import Price
from catalog.served import ServedModel
from content.exchanges import Exchange
from gateway.callers import Known
from gateway.control.mistakes import Mistake
from gateway.refusal import Refusal
from keys.verification import Caller
from usage.calls import Call
from vault.errors import VaultError

OWNER_KEY = "llama_owner_key"  # her project keeps requests for seven days
MEMBER_KEY = "llama_member_key"  # his project keeps nothing
OUTSIDER_KEY = "llama_outsider_key"  # was never issued

MODEL = "Llama-3.3-8B-Instruct"
GUARD = "Llama-Guard-4-12B"
OWNER = Caller(key_id=UUID(int=11), organization_id=UUID(int=1), project_id=UUID(int=101), retention_days=7)
MEMBER = Caller(key_id=UUID(int=12), organization_id=UUID(int=1), project_id=UUID(int=102), retention_days=0)
INPUT_RATE, OUTPUT_RATE = 180_000, 590_000  # pico-dollars a token
PRICE = Price(
    version=1,
    effective_from=datetime(2020, 1, 1, tzinfo=UTC),
    input_rate=INPUT_RATE,
    cached_input_rate=45_000,
    output_rate=OUTPUT_RATE,
)
SERVED = (
    ServedModel(name=MODEL, upstream_name="smollm2", owned_by="Meta", created=1_700_000_000, prices=(PRICE,)),
    ServedModel(name="meta/llama with slash", upstream_name="other", owned_by="Meta", created=1_700_000_001),
    ServedModel(name=GUARD, upstream_name="meta/Llama-Guard-4", owned_by="Meta", created=1_700_000_002),
)


class MemoryRooms:
    """Rooms without a database; idempotent by id, as the real ones are."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.callers = {OWNER_KEY: OWNER, MEMBER_KEY: MEMBER}
        self.calls: dict[UUID, Call] = {}
        self.exchanges: list[Exchange] = []
        self.secrets: list[str] = []
        self.model_queries = 0
        self.funding = Funding()
        self.changed = getattr(self, "changed", 0) + 1  # whatever the test before changed is forgotten
        self.money: dict[Purse, int] = {}  # what each purse has; one that is not here has none
        self.looked_at = 0
        self.refusal: Refused | None = None  # what a purse without enough answers
        self.held: dict[UUID, int] = {}
        self.prolonged: list[UUID] = []
        self.refusals: list[Refusal] = []
        self.mistakes: list[Mistake] = []
        self.away = False  # every database fails
        self.locked = False  # the unsealer is away
        self.refuses: Callable[[Call], bool] = lambda call: False  # poison
        self.before_recording: Callable[[], None] = lambda: None

    hold_lifetime = LIFETIME.total_seconds()

    async def find_caller(self, secret: str) -> Known | None:
        self._fail_if_away()
        self.secrets.append(secret)
        caller = self.callers.get(secret)
        return Known(caller, self.funding) if caller else None

    async def changes(self) -> object:
        self._fail_if_away()
        self.looked_at = self.changed
        return self.changed

    async def served_models(self) -> tuple[ServedModel, ...]:
        self._fail_if_away()
        self.model_queries += 1
        return SERVED

    async def reaches(self, database: str) -> bool:
        self._fail_if_away()
        return True

    async def hold(self, hold_id: UUID, purse: Purse, need: int, wish: int) -> Held | Refused:
        self._fail_if_away()
        if self.money.get(purse, 0) < need:
            assert self.refusal
            return self.refusal
        amount = max(need, min(wish, self.money[purse] // 16))
        self.money[purse] -= amount
        self.held[hold_id] = self.held.get(hold_id, 0) + amount
        return Held(amount, datetime.now(UTC) + LIFETIME)

    async def give_back(self, hold_id: UUID, purse: Purse, amount: int) -> None:
        self._fail_if_away()
        self.held[hold_id] -= amount
        self.money[purse] += amount

    async def prolong_holds(self, hold_ids: Sequence[UUID]) -> set[UUID]:
        self._fail_if_away()
        self.prolonged += hold_ids
        return set(hold_ids) & set(self.held)

    def record_calls(self, calls: Sequence[Call]) -> int:
        self.before_recording()
        self._fail_if_away()
        if any(self.refuses(call) for call in calls):
            raise ValueError("poison")
        before = len(self.calls)
        for call in calls:
            self.calls.setdefault(call.id, call)
        return len(self.calls) - before

    def keep_exchanges(self, exchanges: Sequence[Exchange]) -> None:
        self._fail_if_away()
        self.exchanges.extend(exchanges)

    def note_refusals(self, refusals: Sequence[tuple[Refusal, int]]) -> None:
        self.refusals += [refusal for refusal, count in refusals for _ in range(count)]

    def note_mistakes(self, mistakes: Sequence[tuple[Mistake, int]]) -> None:
        self._fail_if_away()
        self.mistakes += [mistake for mistake, count in mistakes for _ in range(count)]

    def close(self) -> None:
        pass

    def only_call(self) -> Call:
        """Return the one call that was recorded, and make sure that no second one follows."""
        eventually(lambda: self.calls)
        time.sleep(0.01)
        (call,) = self.calls.values()
        return call

    def only_exchange(self) -> Exchange:
        eventually(lambda: self.exchanges)
        (exchange,) = self.exchanges
        return exchange

    def _fail_if_away(self) -> None:
        if self.away:
            raise OperationalError("the database is away: secret internals")
        if self.locked:
            raise VaultError("unsealer-away", "The unsealer does not answer now.", permanent=False)


def eventually(happened: Callable[[], object], patience: float = 8.0) -> None:
    """Wait until something is true, or fail."""
    pause = threading.Event()
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        pause.wait(0.005)


def question(**more: object) -> dict[str, object]:
    """Return the smallest request, with what is added."""
    return {"model": MODEL, "messages": [{"role": "user", "content": "Where is the Louvre?"}], **more}


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}
