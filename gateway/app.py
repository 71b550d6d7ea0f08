"""The process: `granian --interface asgi gateway.app:application`, one worker.

Only here are Django's apps loaded and the real boundaries chosen; tests build a Gateway of their own.
"""

import os

import django
from django.conf import settings

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
    writer = Writer(Spool(settings.SPOOL_DIR), rooms)
    return Gateway(
        rooms=rooms,
        upstream=upstream,
        writer=writer,
        max_body=settings.GATEWAY_MAX_BODY,
        max_completion=settings.GATEWAY_MAX_COMPLETION,
    )


application = make_application()
