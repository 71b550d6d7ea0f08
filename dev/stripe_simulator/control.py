"""What tests and developers turn: `/_control/…`, JSON in and out. Nothing of it exists at Stripe."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web

from dev.stripe_simulator import cards, due
from dev.stripe_simulator.acts import checkout, disputes, money, payment_methods, refunds
from dev.stripe_simulator.acts.buyers import Billing
from dev.stripe_simulator.acts.conclude import authenticate, settle
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.faults import Fault
from dev.stripe_simulator.webhooks import PATIENCE, Habits
from dev.stripe_simulator.world import World

Turn = Callable[[Json, dict[str, str]], Any]


class Control:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        turns: dict[str, Turn] = {
            "clock": self.clock,
            "webhooks": self.webhooks,
            "webhooks/take": self.take,
            "webhooks/deliver": self.deliver,
            "events/{id}/again": self.again,
            "faults": self.faults,
            "away": self.away,
            "refunds": self.refunds,
            "refunds/{id}/settlement": self.settle_refund,
            "payments/{id}/settlement": self.settle,
            "payments/{id}/authentication": self.authenticate,
            "checkout/{id}/submission": self.submit,
            "customers/{id}/cards": self.add_card,
            "disputes": self.dispute,
            "disputes/{id}/closure": self.close_dispute,
            "payouts": self.pay_out,
            "taxes": self.taxes,
            "objects/{id}": self.alter,
            "console": self.console,
            "reset": self.reset,
        }
        posts = [web.post(f"/_control/{path}", self._turn(turn)) for path, turn in turns.items()]
        return [*posts, web.get("/_control/happened", self.happened)]

    def _turn(self, turn: Turn) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            if request.content_type != "application/json":  # which a page of another origin can't send unasked
                return web.json_response({"error": {"message": "Send JSON."}}, status=415)
            try:
                done = turn(await request.json(), dict(request.match_info))
                return web.json_response(await done if isinstance(done, Awaitable) else done)
            except StripeError as error:
                return web.json_response(error.as_json(""), status=error.status)
            except (KeyError, TypeError, ValueError) as error:
                return web.json_response({"error": {"message": f"{type(error).__name__}: {error}"}}, status=400)

        return handle

    # Time -------------------------------------------------------------------------------------

    def clock(self, given: Json, ids: dict[str, str]) -> Json:
        due.advance(self._world, float(given.get("advance", 0)))
        return {"now": self._world.now()}

    # Webhooks ---------------------------------------------------------------------------------

    def webhooks(self, given: Json, ids: dict[str, str]) -> Json:
        """Set the habits of deliveries: copies, shuffled, dropped, delay, paused, forged; what is left out is usual."""
        if "seed" in given:
            self._world.webhooks.random.seed(given.pop("seed"))
        self._world.webhooks.habits = Habits(**given)
        return {}

    def take(self, given: Json, ids: dict[str, str]) -> Json:
        return {"deliveries": self._world.webhooks.take()}

    async def deliver(self, given: Json, ids: dict[str, str]) -> Json:
        """Send what is due now, paused or not, and say how many the console took."""
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            return {"delivered": await self._world.webhooks.send(session)}

    def again(self, given: Json, ids: dict[str, str]) -> Json:
        self._world.webhooks.again(self._world.store.get("event", ids["id"]))
        return {}

    # Faults -----------------------------------------------------------------------------------

    def faults(self, given: Json, ids: dict[str, str]) -> Json:
        """Plan a fault: mode, times, path, method, seconds. An empty object takes all back."""
        if given:
            self._world.faults.planned.append(Fault(**{"times": 1, **given}))
        else:
            self._world.faults.clear()
        return {}

    def away(self, given: Json, ids: dict[str, str]) -> Json:
        self._world.faults.away = bool(given["away"])
        return {}

    # What happens outside ---------------------------------------------------------------------

    def submit(self, given: Json, ids: dict[str, str]) -> Json:
        """Do what a buyer does on the Checkout page: card (a token), and email, name, address, tax_id if wanted."""
        session = self._world.store.get("checkout.session", ids["id"])
        card = cards.by_token(given.pop("card", "pm_card_visa"))
        if "tax_id" in given:
            given["tax_id"] = tuple(given["tax_id"])
        error = checkout.submit(self._world, session, card, Billing(**given))
        return {"error": error.said if error else None, "session": session}

    def authenticate(self, given: Json, ids: dict[str, str]) -> Json:
        intent = self._intent(ids["id"])
        authenticate(self._world, intent, approved=given["approved"])
        return intent

    def settle(self, given: Json, ids: dict[str, str]) -> Json:
        intent = self._world.store.get("payment_intent", ids["id"])
        settle(self._world, intent, succeeds=given["succeeds"])
        return intent

    def add_card(self, given: Json, ids: dict[str, str]) -> Json:
        """Save a card as the portal does, the default one unless told otherwise."""
        customer = self._world.store.get("customer", ids["id"])
        method = payment_methods.make(self._world, cards.by_token(given.get("card", "pm_card_visa")))
        payment_methods.attach(self._world, method, customer["id"])
        self._world.store.note(method["id"], authenticated=given.get("authenticated", False))
        if given.get("default", True):
            payment_methods.make_default(self._world, customer, method)
        return method

    def refunds(self, given: Json, ids: dict[str, str]) -> Json:
        """Say how refunds go from now on: "" at once, "pending" later, "fails" after a while."""
        self._world.store.note("refunds", how=given["how"])
        return {}

    def settle_refund(self, given: Json, ids: dict[str, str]) -> Json:
        return refunds.settle(self._world, self._world.store.get("refund", ids["id"]), succeeds=given["succeeds"])

    def dispute(self, given: Json, ids: dict[str, str]) -> Json:
        charge = self._world.store.get("charge", given.pop("charge"))
        return disputes.dispute(self._world, charge, **given)

    def close_dispute(self, given: Json, ids: dict[str, str]) -> Json:
        return disputes.close(self._world, self._world.store.get("dispute", ids["id"]), won=given["won"])

    def pay_out(self, given: Json, ids: dict[str, str]) -> Json:
        return {"payout": money.pay_out(self._world)}

    def taxes(self, given: Json, ids: dict[str, str]) -> Json:
        """Set the per cent by country where the seller is registered."""
        self._world.taxes = {country: int(rate) for country, rate in given.items()}
        return {}

    def alter(self, given: Json, ids: dict[str, str]) -> Json:
        """Overwrite values of an object without telling: a Stripe that answers what nobody expects."""
        found = self._world.store.anything(ids["id"])
        found.update(given)
        return found

    def console(self, given: Json, ids: dict[str, str]) -> Json:
        self._world.point_at(given["url"])
        return {}

    def reset(self, given: Json, ids: dict[str, str]) -> Json:
        self._world.reset()
        return {}

    async def happened(self, request: web.Request) -> web.Response:
        """Tell of the requests, and the events with their deliveries; oldest first."""
        webhooks = self._world.webhooks
        events = [
            {
                "id": event["id"],
                "type": event["type"],
                "about": event["data"]["object"]["id"],
                "created": event["created"],
                "answers": [answer for one in webhooks.of(event["id"]) for answer in one.answers],
                "delivered": webhooks.is_delivered(event["id"]),
            }
            for event in self._world.store.where("event")
        ]
        return web.json_response({"now": self._world.now(), "requests": list(self._world.requests), "events": events})

    def _intent(self, id: str) -> Json:
        found = self._world.store.find("setup_intent", id)
        return found or self._world.store.get("payment_intent", id)
