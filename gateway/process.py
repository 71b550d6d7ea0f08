"""What granian runs: the gateway, from the start of its process to the end."""

import asyncio
import sys

from gateway.program import Gateway


class Process:
    """An RSGI application; granian calls it before its loop runs, and when the last request is over."""

    def __init__(self, gateway: Gateway) -> None:
        self.__rsgi__ = gateway
        self._gateway = gateway

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            loop.run_until_complete(self._gateway.start())
        except Exception as error:
            sys.exit(f"The gateway cannot start: {error}")

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_until_complete(self._gateway.stop())
