"""Deliveries of events: signed as Stripe signs, retried until taken, and as unreliable as they are told to be."""

import asyncio
import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import aiohttp

from dev.stripe_simulator.errors import Json

FIRST_WAIT, LONGEST_WAIT, GIVEN_UP = 5.0, 3600.0, 3 * 24 * 3600.0  # seconds
PATIENCE = aiohttp.ClientTimeout(total=15)
TICK = 0.2  # seconds


@dataclass(slots=True)
class Habits:
    """How deliveries misbehave."""

    copies: int = 1
    shuffled: bool = False
    dropped: float = 0.0  # share that never goes out
    delay: float = 0.0  # seconds
    paused: bool = False
    forged: bool = False  # signed with another secret


@dataclass(slots=True)
class Delivery:
    event: str
    body: str
    made: float
    due: float
    tries: int = 0
    done: bool = False
    given_up: bool = False
    answers: list[str] = field(default_factory=list)


def signature(body: str, secret: str, at: int | None = None) -> str:
    at = int(time.time()) if at is None else at
    signed = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


class Webhooks:
    def __init__(self, secret: str, now: Callable[[], float]) -> None:
        self.url, self.secret, self.now = "", secret, now
        self.habits = Habits()
        self.random = random.Random(0)  # noqa: S311  the same seed drops the same events
        self._by_event: dict[str, list[Delivery]] = {}
        self._open: list[Delivery] = []
        self._sending = asyncio.Lock()

    def add(self, event: Json) -> None:
        """Queue an event; one that is dropped stays undelivered for good."""
        now, body = self.now(), json.dumps(event)
        dropped = self.random.random() < self.habits.dropped
        for _ in range(self.habits.copies):
            self._keep(Delivery(event["id"], body, now, now + self.habits.delay, given_up=dropped))

    def _keep(self, delivery: Delivery) -> None:
        self._by_event.setdefault(delivery.event, []).append(delivery)
        self._open.append(delivery)

    def waiting(self) -> list[Delivery]:
        """Return what would go out now, in the order it would."""
        now = self.now()
        self._open = [one for one in self._open if not one.done and not one.given_up]
        due = [one for one in self._open if one.due <= now]
        if self.habits.shuffled:
            self.random.shuffle(due)
        return due

    def is_delivered(self, event: str) -> bool:
        return all(one.done for one in self._by_event.get(event, ()))

    def of(self, event: str) -> list[Delivery]:
        return self._by_event.get(event, [])

    def again(self, event: Json) -> None:
        """Queue an event once more, whatever became of it: "resend" of Stripe's dashboard."""
        now = self.now()
        self._keep(Delivery(event["id"], json.dumps(event), now, now))

    def signed(self, delivery: Delivery) -> str:
        return signature(delivery.body, "whsec_forged" if self.habits.forged else self.secret)

    def take(self) -> list[Json]:
        """Hand out what is waiting, as if it had been delivered: for tests that post it themselves."""
        due = self.waiting()
        for one in due:
            one.done = True
        return [{"event": one.event, "body": one.body, "signature": self.signed(one)} for one in due]

    async def send_forever(self) -> None:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            while True:
                if not self.habits.paused:
                    await self.send(session)
                await asyncio.sleep(TICK)

    async def send(self, session: aiohttp.ClientSession) -> int:
        """Send what is waiting, one after the other; return how many were taken."""
        async with self._sending:
            sent = [await self._send(session, delivery) for delivery in self.waiting()]
        return sum(sent)

    async def _send(self, session: aiohttp.ClientSession, delivery: Delivery) -> bool:
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": self.signed(delivery)}
        try:
            async with session.post(self.url, data=delivery.body, headers=headers, allow_redirects=False) as answer:
                delivery.answers.append(str(answer.status))
                delivery.done = 200 <= answer.status < 300
        except (aiohttp.ClientError, TimeoutError) as error:
            delivery.answers.append(type(error).__name__)
        if not delivery.done:
            self._put_off(delivery)
        return delivery.done

    def _put_off(self, delivery: Delivery) -> None:
        now = self.now()
        delivery.due = now + min(FIRST_WAIT * 2**delivery.tries, LONGEST_WAIT)
        delivery.tries += 1
        delivery.given_up = now - delivery.made > GIVEN_UP

    def as_json(self) -> list[Json]:
        return [asdict(delivery) for deliveries in self._by_event.values() for delivery in deliveries]

    def load(self, saved: list[Json]) -> None:
        for delivery in saved:
            self._keep(Delivery(**delivery))

    def forget(self) -> None:
        self._by_event, self._open = {}, []
