"""The Stripe simulator on a free port, in a thread of its own, driven by the tests."""

import asyncio
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import stripe
from aiohttp import web

from dev.stripe_simulator.server import Simulator
from dev.stripe_simulator.world import World

KEY, SECRET = "sk_test_simulator", "whsec_of_the_simulator"
HOUR, DAY = 3600, 86400
TEST_CARD = "pm_card_visa"


@dataclass
class Stripe:
    """`url` is what STRIPE_URL is set to. Webhooks wait until they are taken, or `deliveries(paused=False)`."""

    url: str
    console: str
    webhook_secret: str = SECRET
    secret_key: str = KEY

    def client(self, retries: int = 0) -> stripe.StripeClient:
        """Return the real library's client, with a connection of its own."""
        return stripe.StripeClient(
            self.secret_key,
            base_addresses={"api": self.url},
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=5),
        )

    def control(self, path: str, /, **given: Any) -> Any:
        """Turn something of `/_control/`; refusals are errors."""
        request = urllib.request.Request(f"{self.url}/_control/{path}", json.dumps(given).encode())
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    def advance(self, seconds: float) -> None:
        self.control("clock", advance=seconds)

    def deliveries(self, **habits: Any) -> None:
        """Say how webhooks go from now on: copies, shuffled, dropped (a share), delay, forged, paused, seed."""
        self.control("webhooks", **{"paused": True, **habits})

    def webhooks(self) -> list[dict[str, str]]:
        """Take what waits to be delivered: event (its id), body, signature."""
        found: list[dict[str, str]] = self.control("webhooks/take")["deliveries"]
        return found

    def deliver(self) -> int:
        """Have what waits posted to the console now; return how many it took."""
        return int(self.control("webhooks/deliver")["delivered"])

    def fail(self, mode: str, times: int = 1, **where: Any) -> None:
        """Have the next requests fail; dev/stripe_simulator/faults.py has the modes."""
        self.control("faults", mode=mode, times=times, **where)

    def away(self, away: bool = True) -> None:
        self.control("away", away=away)

    def submit(self, session: str, card: str = TEST_CARD, **typed: Any) -> Any:
        """Do what a buyer does on the Checkout page; return error and session."""
        return self.control(f"checkout/{session}/submission", card=card, **typed)

    def alter(self, id: str, **values: Any) -> Any:
        """Have Stripe say something else of an object: another amount, currency, customer, livemode."""
        return self.control(f"objects/{id}", **values)

    def point_at(self, console: str) -> None:
        """Call another console's webhooks from now on, such as a live server's."""
        self.console = console
        self.control("console", url=console)

    def save_card(self, customer: str, card: str = TEST_CARD, **more: Any) -> str:
        """Give a customer a card, as the portal does; return its id."""
        return str(self.control(f"customers/{customer}/cards", card=card, **more)["id"])

    def happened(self) -> Any:
        """Return the requests and the events with their deliveries."""
        with urllib.request.urlopen(f"{self.url}/_control/happened", timeout=30) as answer:
            return json.load(answer)

    def events(self) -> list[str]:
        """Return the types of all events, oldest first."""
        return [event["type"] for event in self.happened()["events"]]

    def reset(self) -> None:
        """Forget everything; webhooks wait to be taken."""
        self.control("reset")
        self.deliveries()


@contextmanager
def simulator(console: str = "http://127.0.0.1:9") -> Iterator[Stripe]:
    """Run one. `console`: whose /stripe/webhook/ is called."""
    started, running = threading.Event(), _Running(console)
    thread = threading.Thread(target=lambda: asyncio.run(running.serve(started)), daemon=True)
    thread.start()
    assert started.wait(10)
    found = Stripe(running.url, console)
    found.deliveries()
    try:
        yield found
    finally:
        running.stop()
        thread.join(10)


class _Running:
    def __init__(self, console: str) -> None:
        self.url = ""
        self._console = console
        self._loop: asyncio.AbstractEventLoop
        self._end: asyncio.Event

    async def serve(self, started: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        world = World("", self._console, SECRET)
        runner = web.AppRunner(Simulator(world).application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = world.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()
        await self._end.wait()
        await runner.cleanup()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
