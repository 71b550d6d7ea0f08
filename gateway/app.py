"""The process: `granian --interface asgi gateway.app:application`, one worker.

Only here are Django's apps loaded and the real boundaries chosen; tests build a Gateway of their own.
"""

import os
from ipaddress import ip_network

import django
from django.conf import settings

from gateway.control.rooms import DjangoControlRooms
from gateway.house import House
from gateway.program import Gateway
from gateway.rooms import DjangoRooms
from gateway.spool import Spool
from gateway.upstream import HttpUpstream
from gateway.writer import Writer


def make_application() -> Gateway:
    """Return the gateway over the real rooms, disk and model server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llama_console.settings")
    django.setup()
    rooms = DjangoRooms()
    upstream = HttpUpstream(settings.MODEL_UPSTREAM_URL, settings.MODEL_UPSTREAM_KEY, settings.MODEL_UPSTREAM_TIMEOUT)
    house = House(
        rooms=rooms,
        upstream=upstream,
        writer=Writer(Spool(settings.SPOOL_DIR), rooms),
        max_body=settings.GATEWAY_MAX_BODY,
        max_completion=settings.GATEWAY_MAX_COMPLETION,
        control=DjangoControlRooms(),
        console=settings.CONSOLE_ORIGIN,
        token=settings.GATEWAY_TOKEN,
        redis=settings.REDIS_URL,
        redis_prefix=settings.QUEUE_PREFIX,
        proxies=[ip_network(network) for network in settings.TRUSTED_PROXIES],
        address_header=settings.CLIENT_ADDRESS_HEADER,
    )
    return Gateway(house)


application = make_application()
