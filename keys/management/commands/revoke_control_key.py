"""Ends a control key at once, by its id or by the whole key."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from keys.control.actions import revoke_control_key
from keys.models import ControlKey
from keys.secrets import hash_secret
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="its id (see control_keys), the whole key, or - to read it from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        key = _find(input().strip() if options["key"] == "-" else options["key"])
        if key is None:
            raise CommandError("There is no such control key.")
        ended = revoke_control_key(Actor.operator(), key)
        self.stdout.write(f"{key.hint} is revoked." if ended else f"{key.hint} was revoked before.")


def _find(named: str) -> ControlKey | None:
    try:
        return ControlKey.objects.filter(pk=UUID(named)).first()
    except ValueError:
        return ControlKey.objects.filter(secret_hash=hash_secret(named)).first()
