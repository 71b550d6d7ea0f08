"""The rooms below, in memory: what the gateway asks is answered at once, what it tells is remembered."""

import threading
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import OperationalError

from billing.permits import Permit
from catalog.served import ServedModel
from content.exchanges import Exchange
from keys.verification import Caller
from usage.calls import Call
from vault.errors import VaultError

OWNER_KEY = "llama_owner_key"  # her project keeps requests for seven days
MEMBER_KEY = "llama_member_key"  # his project keeps nothing
OUTSIDER_KEY = "llama_outsider_key"  # was never issued

MODEL = "Llama-3.3-8B-Instruct"
OWNER = Caller(key_id=UUID(int=11), organization_id=UUID(int=1), project_id=UUID(int=101), retention_days=7)
MEMBER = Caller(key_id=UUID(int=12), organization_id=UUID(int=1), project_id=UUID(int=102), retention_days=0)
SERVED = (
    ServedModel(name=MODEL, upstream_name="smollm2", owned_by="Meta", created=1_700_000_000),
    ServedModel(name="meta/llama with slash", upstream_name="other", owned_by="Meta", created=1_700_000_001),
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
        self.permits = Permit.FREE
        self.asked_permits: list[tuple[int, int]] = []  # tokens of prompts and of answers
        self.prolonged: list[UUID] = []
        self.away = False  # every database fails
        self.locked = False  # the unsealer is away
        self.refuses: Callable[[Call], bool] = lambda call: False  # poison
        self.before_recording: Callable[[], None] = lambda: None

    async def find_caller(self, secret: str) -> Caller | None:
        self._fail_if_away()
        self.secrets.append(secret)
        return self.callers.get(secret)

    async def served_models(self) -> tuple[ServedModel, ...]:
        self._fail_if_away()
        self.model_queries += 1
        return SERVED

    async def reaches(self, database: str) -> bool:
        self._fail_if_away()
        return True

    async def permit(self, call_id: UUID, caller: Caller, model: str, prompt: int, completion: int) -> Permit:
        self._fail_if_away()
        self.asked_permits.append((prompt, completion))
        return self.permits

    async def prolong_hold(self, call_id: UUID) -> None:
        self.prolonged.append(call_id)
        self._fail_if_away()

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
