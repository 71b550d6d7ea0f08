"""A gateway to be stopped: `granian tests.gateway.drained:application`. Run by test_draining, which names the rest."""

import os
from collections.abc import Sequence
from pathlib import Path

import django

django.setup()  # fakes.py needs the apps

from catalog.upstreams import ModelServer
from gateway.house import House
from gateway.process import Process
from gateway.program import Gateway
from gateway.spool import Spool
from gateway.upstream.aiohttp_client import AiohttpClient
from gateway.upstream.own_client import OwnClient
from gateway.upstream.pools import Pools
from gateway.writer import Writer
from tests.gateway.fakes import MemoryRooms
from usage.calls import Call

_FOLDER = Path(os.environ["DRAINED_FOLDER"])


class NotedRooms(MemoryRooms):
    """Note each call in a file, which outlives the process."""

    def record_calls(self, calls: Sequence[Call]) -> int:
        with open(_FOLDER / "calls", "a") as file:
            file.writelines(f"{call.status} {call.outcome} {call.completion_tokens}\n" for call in calls)
        return len(calls)


_rooms = NotedRooms()
_client = OwnClient if os.environ["DRAINED_CLIENT"] == "own" else AiohttpClient
application = Process(
    Gateway(
        House(
            rooms=_rooms,
            upstream=Pools([ModelServer("only", os.environ["DRAINED_UPSTREAM"])], _client),
            writer=Writer(Spool(_FOLDER / "spool"), _rooms),
            max_body=100_000,
            max_completion=100,
            drain=1.5,
        )
    )
)
