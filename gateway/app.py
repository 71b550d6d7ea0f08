"""The process: `granian --interface asgi gateway.app:application`, one worker.

Only here are Django's apps loaded and the real boundaries chosen; tests build a Gateway of their own.
"""

import os
from collections.abc import Callable

import django
from django.conf import settings

from catalog.upstreams import ModelServer, configured
from gateway.program import Gateway
from gateway.rooms import DjangoRooms
from gateway.spool import Spool
from gateway.upstream.aiohttp_client import AiohttpClient
from gateway.upstream.boundary import Client
from gateway.upstream.own_client import OwnClient
from gateway.upstream.pools import Pools
from gateway.writer import Writer


def make_application() -> Gateway:
    """Return the gateway over the real rooms, disk and model server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llama_console.settings")
    django.setup()
    rooms = DjangoRooms()
    client: Callable[[ModelServer], Client] = OwnClient if settings.UPSTREAM_CLIENT == "own" else AiohttpClient
    upstream = Pools(configured(), client)
    writer = Writer(Spool(settings.SPOOL_DIR), rooms)
    return Gateway(
        rooms=rooms,
        upstream=upstream,
        writer=writer,
        max_body=settings.GATEWAY_MAX_BODY,
        max_completion=settings.GATEWAY_MAX_COMPLETION,
    )


application = make_application()
