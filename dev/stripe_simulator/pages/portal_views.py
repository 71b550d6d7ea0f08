"""The addresses of the portal."""

from aiohttp import web

from dev.stripe_simulator.acts import checkout, payment_methods, setups, tax_ids
from dev.stripe_simulator.errors import Json, StripeError, no_such
from dev.stripe_simulator.pages import fields, portal
from dev.stripe_simulator.pages.shared import View, form_of, html
from dev.stripe_simulator.world import World

_AT = "/p/session/{id}"


class PortalPages:
    def __init__(self, world: World) -> None:
        self._world = world

    def gets(self) -> dict[str, View]:
        return {_AT: self.portal}

    def posts(self) -> dict[str, View]:
        return {
            f"{_AT}/cards": self.add_card,
            f"{_AT}/cards/{{card}}/default": self.make_default,
            f"{_AT}/cards/{{card}}/removal": self.remove_card,
            f"{_AT}/billing": self.change_billing,
            f"{_AT}/tax-ids": self.add_tax_id,
            f"{_AT}/tax-ids/{{tax_id}}/removal": self.remove_tax_id,
        }

    async def portal(self, request: web.Request) -> web.Response:
        return self._portal(request)

    async def add_card(self, request: web.Request) -> web.Response:
        """Save a card by a setup; the first one is the default."""
        form, customer = await form_of(request), self._customer(request)
        try:
            card = checkout.card_of(form.get("card", ""), form.get("number", ""))
        except StripeError as error:
            return self._portal(request, str(error), 402)
        intent = setups.make(self._world, customer["id"])
        self._world.store.note(intent["id"], back=self._at(request))
        method = payment_methods.make(self._world, card)
        if trouble := setups.confirm(self._world, intent, method):
            return self._portal(request, str(trouble), 402)
        if intent["status"] == "requires_action":
            raise web.HTTPSeeOther(f"/3ds/{intent['id']}")
        if not customer["invoice_settings"]["default_payment_method"]:
            payment_methods.make_default(self._world, customer, method)
        raise web.HTTPSeeOther(self._at(request))

    async def make_default(self, request: web.Request) -> web.Response:
        payment_methods.make_default(self._world, self._customer(request), self._card(request))
        raise web.HTTPSeeOther(self._at(request))

    async def remove_card(self, request: web.Request) -> web.Response:
        payment_methods.detach(self._world, self._card(request))
        raise web.HTTPSeeOther(self._at(request))

    async def change_billing(self, request: web.Request) -> web.Response:
        typed, customer = fields.billing(await form_of(request)), self._customer(request)
        values: Json = {"email": typed.email or None, "name": typed.name or None, "address": typed.address or None}
        before = {name: customer[name] for name, value in values.items() if customer[name] != value}
        customer.update(values)
        if before:
            self._world.emit("customer.updated", customer, before)
        raise web.HTTPSeeOther(self._at(request))

    async def add_tax_id(self, request: web.Request) -> web.Response:
        form, customer = await form_of(request), self._customer(request)
        try:
            tax_ids.add(self._world, customer, form.get("tax_type", ""), form.get("tax_value", "").strip())
        except StripeError as error:
            return self._portal(request, str(error), 400)
        raise web.HTTPSeeOther(self._at(request))

    async def remove_tax_id(self, request: web.Request) -> web.Response:
        found = self._world.store.get("tax_id", request.match_info["tax_id"])
        if found["customer"] != self._customer(request)["id"]:
            raise no_such("tax_id", found["id"])
        tax_ids.remove(self._world, found)
        raise web.HTTPSeeOther(self._at(request))

    def _portal(self, request: web.Request, trouble: str = "", status: int = 200) -> web.Response:
        session = self._world.store.get("billing_portal.session", request.match_info["id"])
        customer, store = self._customer(request), self._world.store
        owned = {"customer": customer["id"]}
        issued = [one for one in store.where("invoice", **owned) if one["status"] != "draft"]
        parts = {
            "methods": list(store.where("payment_method", **owned)),
            "tax_ids": list(store.where("tax_id", **owned)),
            "invoices": issued[::-1],
        }
        return html(portal.portal(session, customer, parts, trouble), status=status)

    def _customer(self, request: web.Request) -> Json:
        session = self._world.store.get("billing_portal.session", request.match_info["id"])
        return self._world.store.get("customer", session["customer"], "customer")

    def _card(self, request: web.Request) -> Json:
        card, customer = request.match_info["card"], self._customer(request)
        return payment_methods.of_customer(self._world, card, customer["id"])

    def _at(self, request: web.Request) -> str:
        return f"/p/session/{request.match_info['id']}"
