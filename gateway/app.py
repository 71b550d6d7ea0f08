"""The process: `granian --interface rsgi gateway.app:application`, one worker.

Only here are Django's apps loaded and the real boundaries chosen; tests build a Gateway of their own.
"""

import os
from collections.abc import Callable
from ipaddress import ip_network

import django
from django.conf import settings

from catalog.upstreams import ModelServer, configured
from gateway.control.rooms import DjangoControlRooms
from gateway.garbage import collect_seldom
from gateway.house import House
from gateway.process import Process
from gateway.program import Gateway
from gateway.rooms import DjangoRooms
from gateway.settler import Settler
from gateway.spool import Spool
from gateway.upstream.aiohttp_client import AiohttpClient
from gateway.upstream.boundary import Client
from gateway.upstream.own_client import OwnClient
from gateway.upstream.pools import Pools
from gateway.writer import Writer

_GATHER = 0.5  # seconds of calls that are settled together


def make_application() -> Process:
    """Return the gateway over the real rooms, disk and model server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llama_console.settings")
    django.setup()
    rooms = DjangoRooms()
    client: Callable[[ModelServer], Client] = OwnClient if settings.UPSTREAM_CLIENT == "own" else AiohttpClient
    house = House(
        rooms=rooms,
        upstream=Pools(configured(), client),
        writer=Writer(Spool(settings.SPOOL_DIR), rooms, pause=_GATHER, look_around=_GATHER, settler=Settler()),
        max_body=settings.GATEWAY_MAX_BODY,
        max_completion=settings.GATEWAY_MAX_COMPLETION,
        control=DjangoControlRooms(),
        console=settings.CONSOLE_ORIGIN,
        token=settings.GATEWAY_TOKEN,
        redis=settings.REDIS_URL,
        redis_prefix=settings.QUEUE_PREFIX,
        proxies=[ip_network(network) for network in settings.TRUSTED_PROXIES],
        address_header=settings.CLIENT_ADDRESS_HEADER,
        drain=settings.GATEWAY_DRAIN_SECONDS,
    )
    gateway = Gateway(house)
    collect_seldom()
    return Process(gateway)


application = make_application()
