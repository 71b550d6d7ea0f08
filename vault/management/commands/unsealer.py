"""Runs the unsealer: the process that holds the keys. SIGTERM and Ctrl-C end it."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vault.errors import VaultError
from vault.keyring import Keyring
from vault.roots import roots
from vault.unsealer.allocator import keep_freed_memory
from vault.unsealer.server import Server


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.UNSEALER_SOCKET:
            raise CommandError("UNSEALER_SOCKET is not set: it names the socket to listen on.")
        keep_freed_memory()
        try:
            server = Server(settings.UNSEALER_SOCKET, Keyring(roots()), group=settings.UNSEALER_GROUP)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: server.stop())
            server.serve()
        except (VaultError, OSError) as error:
            raise CommandError(f"The unsealer cannot start: {error}") from None
