"""The addresses of the pages. An id in an address is all that opens one, as a session's is at Stripe."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from dev.environment import var_dir
from dev.stripe_simulator import due
from dev.stripe_simulator.acts import buyers, checkout, collecting, conclude, invoices, payment_methods
from dev.stripe_simulator.acts.buyers import Billing
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.pages import authentication, fields, index, invoice, pdf
from dev.stripe_simulator.pages import checkout as checkout_page
from dev.stripe_simulator.pages.frame import message
from dev.stripe_simulator.pages.portal_views import PortalPages
from dev.stripe_simulator.pages.shared import View, form_of, html
from dev.stripe_simulator.world import World

HERE = Path(__file__).resolve().parent
NEWEST = 60  # events
OWN_SITE = frozenset({"same-origin", "none"})  # who may send forms, by a browser's word


class Pages:
    def __init__(self, world: World) -> None:
        self._world = world
        self._portal = PortalPages(world)

    def routes(self) -> list[web.RouteDef]:
        gets: dict[str, View] = {
            "/": self.index,
            "/c/pay/{id}": self.checkout,
            "/3ds/{id}": self.authentication,
            "/i/{id}": self.invoice,
            "/i/{id}/pdf": self.invoice_pdf,
            "/cn/{id}/pdf": self.credit_note_pdf,
            "/receipts/{id}": self.receipt,
            **self._portal.gets(),
        }
        posts: dict[str, View] = {
            "/clock": self.advance,
            "/c/pay/{id}": self.submit,
            "/3ds/{id}/approval": self.approve,
            "/3ds/{id}/refusal": self.refuse,
            "/i/{id}/payment": self.pay,
            **self._portal.posts(),
        }
        return [
            web.get("/healthz", self.health),
            web.get("/static/{name}", self.static),
            *(web.get(path, self._guarded(view)) for path, view in gets.items()),
            *(web.post(path, self._guarded(view)) for path, view in posts.items()),
        ]

    def _guarded(self, view: View) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in OWN_SITE:
                return web.Response(status=403, text="Sent by another site.\n")
            try:
                answer = await view(request)
            except StripeError as error:
                answer = html(message("Something went wrong", str(error)), status=error.status)
            # A form's answer may lead back to the console, which the policy has to name.
            answer.headers["Content-Security-Policy"] = self._policy()
            answer.headers["Cache-Control"] = "no-store"
            answer.headers["Referrer-Policy"] = "same-origin"
            answer.headers["X-Content-Type-Options"] = "nosniff"
            return answer

        return handle

    def _policy(self) -> str:
        console = urlsplit(self._world.console)
        return (
            "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; "
            f"form-action 'self' {console.scheme}://{console.netloc}; frame-ancestors 'none'"
        )

    async def health(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def static(self, request: web.Request) -> web.StreamResponse:
        files = {
            "outside.css": HERE.parents[1] / "outside.css",
            "stripe.css": HERE / "stripe.css",
            "geist.woff2": var_dir() / "fonts" / "console" / "geist.woff2",
        }
        file = files.get(request.match_info["name"])
        if file is None or not file.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(file)

    async def index(self, request: web.Request) -> web.Response:
        events = list(self._world.store.where("event"))[-NEWEST:]
        shown = [(event, self._world.webhooks.is_delivered(event["id"])) for event in reversed(events)]
        return html(index.index(self._world.now(), shown))

    async def advance(self, request: web.Request) -> web.Response:
        seconds = (await form_of(request)).get("seconds", "")
        due.advance(self._world, int(seconds) if seconds.isdecimal() else 0)
        raise web.HTTPSeeOther("/")

    # Checkout ---------------------------------------------------------------------------------

    async def checkout(self, request: web.Request) -> web.Response:
        return self._checkout(self._get(request, "checkout.session"), {})

    async def submit(self, request: web.Request) -> web.Response:
        session, form = self._get(request, "checkout.session"), await form_of(request)
        try:
            card, billing = checkout.card_of(form.get("card", ""), form.get("number", "")), fields.billing(form)
            if self._adds_tax(session, billing, form):
                return self._checkout(session, form, "Tax is added where you are. Look at the total, and pay.", 409)
            trouble = checkout.submit(self._world, session, card, billing)
        except StripeError as error:
            trouble = error
        if trouble:
            return self._checkout(session, form, str(trouble), 402)
        raise web.HTTPSeeOther(self._onward(session))

    def _adds_tax(self, session: Json, billing: Billing, form: dict[str, str]) -> bool:
        """Say whether what was typed changes the total that the page showed."""
        if session["status"] == "open":
            buyers.review(self._world, session, billing)
        return form.get("total", str(session["amount_total"])) != str(session["amount_total"])

    def _checkout(self, session: Json, form: dict[str, str], trouble: str = "", status: int = 200) -> web.Response:
        if session["status"] != "open":
            gone = {"complete": "This payment is done.", "expired": "This page has expired. Start again at the seller."}
            return html(message("Checkout", gone[session["status"]]), status=410)
        customer = self._world.store.find("customer", session["customer"])
        lines = buyers.lines_of(self._world, session)
        return html(checkout_page.checkout(session, lines, customer, form, trouble), status=status)

    def _onward(self, session: Json) -> str:
        """Return where the browser goes: back to the seller, or to 3-D Secure first."""
        intent = self._intent(session["setup_intent"] or session["payment_intent"])
        return f"/3ds/{intent['id']}" if intent["status"] == "requires_action" else checkout.return_address(session)

    # 3-D Secure -------------------------------------------------------------------------------

    async def authentication(self, request: web.Request) -> web.Response:
        intent = self._intent(request.match_info["id"])
        if intent["status"] != "requires_action":
            return html(message("3-D Secure", "There is nothing to approve any more."), status=410)
        return html(authentication.authentication(intent))

    async def approve(self, request: web.Request) -> web.Response:
        return self._authenticated(request, approved=True)

    async def refuse(self, request: web.Request) -> web.Response:
        return self._authenticated(request, approved=False)

    def _authenticated(self, request: web.Request, *, approved: bool) -> web.Response:
        intent = self._intent(request.match_info["id"])
        trouble = conclude.authenticate(self._world, intent, approved=approved)
        if session := checkout.of_intent(self._world, intent):
            if trouble:
                return self._checkout(session, {}, str(trouble), 402)
            raise web.HTTPSeeOther(checkout.return_address(session))
        if intent["object"] == "payment_intent" and (found := invoices.of_payment(self._world, intent)):
            raise web.HTTPSeeOther(f"/i/{found['id']}")
        if back := self._world.store.note(intent["id"]).get("back"):
            raise web.HTTPSeeOther(back)
        return html(message("3-D Secure", str(trouble) if trouble else "Approved. You can close this page."))

    # Invoices ---------------------------------------------------------------------------------

    async def invoice(self, request: web.Request) -> web.Response:
        return html(invoice.invoice(self._invoice(request)))

    async def pay(self, request: web.Request) -> web.Response:
        found, form = self._invoice(request), await form_of(request)
        if found["status"] not in ("open", "uncollectible"):
            return html(invoice.invoice(found), status=410)
        try:
            card = checkout.card_of(form.get("card", ""), form.get("number", ""))
            collecting.pay(self._world, found, payment_methods.make(self._world, card), off_session=False)
        except StripeError as error:
            return html(invoice.invoice(found, str(error)), status=402)
        for row in self._world.store.where("invoice_payment", invoice=found["id"], status="open"):
            intent = self._intent(row["payment"]["payment_intent"])
            if intent["status"] == "requires_action":
                raise web.HTTPSeeOther(f"/3ds/{intent['id']}")
        raise web.HTTPSeeOther(f"/i/{found['id']}")

    async def invoice_pdf(self, request: web.Request) -> web.Response:
        return web.Response(body=pdf.invoice(self._invoice(request)), content_type="application/pdf")

    async def credit_note_pdf(self, request: web.Request) -> web.Response:
        return web.Response(body=pdf.credit_note(self._get(request, "credit_note")), content_type="application/pdf")

    async def receipt(self, request: web.Request) -> web.Response:
        return html(invoice.receipt(self._get(request, "charge")))

    def _invoice(self, request: web.Request) -> Json:
        found = self._get(request, "invoice")
        if found["status"] == "draft":
            raise StripeError("This invoice is not ready yet.", status=404)
        return found

    def _get(self, request: web.Request, kind: str) -> Json:
        return self._world.store.get(kind, request.match_info["id"])

    def _intent(self, id: str) -> Json:
        return self._world.store.find("setup_intent", id) or self._world.store.get("payment_intent", id)
