"""The outside world of a development run: takes mail by SMTP and text messages by a Twilio-shaped endpoint,
and shows both on pages and as JSON.

`python -m dev.outside --port 8002 --smtp-port 8025`. Nothing of what arrives is logged or written to disk.
"""

import argparse
import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from dev import mailbox, pages
from dev.environment import var_dir
from dev.mailbox import Mailbox
from dev.phone import BROKEN, BUSY, SILENT, Phone, SmsError

SILENCE = 30.0  # seconds
HERE = Path(__file__).resolve().parent
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A mail brings its styles with it and nothing else; the sandbox also holds when it is opened on its own.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


class Outside:
    def __init__(self, smtp_port: int) -> None:
        self._smtp_port = smtp_port
        self._mailbox = Mailbox()
        self._phone = Phone()

    def application(self) -> web.Application:
        application = web.Application(middlewares=[harden])
        application.cleanup_ctx.append(self._smtp)
        application.add_routes(
            [
                web.get("/", self.index),
                web.get("/healthz", self.health),
                web.get("/static/{name}", self.static),
                web.get("/mailbox", self.mailbox),
                web.delete("/mailbox", self.empty_mailbox),
                web.get("/mailbox.json", self.mailbox_json),
                web.get(r"/mailbox/{id:\d{1,9}}", self.mail),
                web.get(r"/mailbox/{id:\d{1,9}}/html", self.mail_html),
                web.get("/phone", self.phone),
                web.delete("/phone", self.empty_phone),
                web.get("/phone.json", self.phone_json),
                web.post("/2010-04-01/Accounts/{account}/Messages.json", self.send_sms),
            ]
        )
        return application

    async def _smtp(self, application: web.Application) -> AsyncIterator[None]:
        server = await mailbox.serve(self._mailbox, self._smtp_port)
        yield
        server.close()

    async def index(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/mailbox")

    async def health(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def static(self, request: web.Request) -> web.StreamResponse:
        fonts = var_dir() / "fonts" / "console"
        files = {"outside.css": HERE / "outside.css", "geist.woff2": fonts / "geist.woff2"}
        file = files.get(request.match_info["name"])
        if file is None or not file.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(file)

    async def mailbox(self, request: web.Request) -> web.Response:
        return _html(pages.mailbox(self._mailbox.newest_first()))

    async def mailbox_json(self, request: web.Request) -> web.Response:
        return web.json_response([mail.as_json() for mail in self._mailbox.newest_first()])

    async def empty_mailbox(self, request: web.Request) -> web.Response:
        self._mailbox.empty()
        return web.Response(status=204)

    async def mail(self, request: web.Request) -> web.Response:
        mail = self._mailbox.get(int(request.match_info["id"]))
        return _html(pages.mail(mail)) if mail else _html(pages.not_found(), status=404)

    async def mail_html(self, request: web.Request) -> web.Response:
        mail = self._mailbox.get(int(request.match_info["id"]))
        if not mail:
            return _html(pages.not_found(), status=404)
        return _html(pages.framed(mail.html), policy=MAIL_POLICY)

    async def phone(self, request: web.Request) -> web.Response:
        return _html(pages.phone(self._phone.by_number()))

    async def phone_json(self, request: web.Request) -> web.Response:
        return web.json_response([sms.as_json() for sms in self._phone.newest_first()])

    async def empty_phone(self, request: web.Request) -> web.Response:
        self._phone.empty()
        return web.Response(status=204)

    async def send_sms(self, request: web.Request) -> web.Response:
        if not has_credentials(request.headers.get("Authorization", "")):
            return web.json_response(SmsError(20003, "Authenticate").as_json(401), status=401)
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        if trouble := await in_trouble(form.get("To", "")):
            return trouble
        try:
            sms = self._phone.receive(request.match_info["account"], form)
        except SmsError as refused:
            return web.json_response(refused.as_json(400), status=400)
        return web.json_response(sms.as_twilio(), status=201)


async def in_trouble(number: str) -> web.Response | None:
    """Answer for the numbers that play a provider in trouble; the silent one's caller gives up first."""
    if number == SILENT:
        await asyncio.sleep(SILENCE)
    if number == BUSY:
        return web.json_response(SmsError(20429, "Too many requests").as_json(429), status=429)
    return web.Response(status=500, text="Internal Server Error") if number in {BROKEN, SILENT} else None


def has_credentials(header: str) -> bool:
    """Say whether Basic authentication brings a name and a password; any will do."""
    kind, _, token = header.partition(" ")
    try:
        name, _, password = base64.b64decode(token, validate=True).partition(b":")
    except binascii.Error:
        return False
    return kind.lower() == "basic" and bool(name and password)


@web.middleware
async def harden(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response


def _html(text: str, *, status: int = 200, policy: str = PAGE_POLICY) -> web.Response:
    headers = {"Content-Security-Policy": policy}
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=headers)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.outside")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--smtp-port", type=int, default=8025)
    options = parser.parse_args()
    application = Outside(options.smtp_port).application()
    web.run_app(application, host="127.0.0.1", port=options.port, access_log=None, print=None, shutdown_timeout=1)


if __name__ == "__main__":
    main()
