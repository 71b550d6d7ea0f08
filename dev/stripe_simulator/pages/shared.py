"""What the views share."""

from collections.abc import Awaitable, Callable

from aiohttp import web

View = Callable[[web.Request], Awaitable[web.Response]]


async def form_of(request: web.Request) -> dict[str, str]:
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def html(text: str, *, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
