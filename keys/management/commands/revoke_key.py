"""Ends an API key at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from keys.actions import revoke_key
from keys.models import ApiKey
from keys.secrets import hash_secret
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="the whole key, or - to read it from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        # From standard input the secret stays out of the process list and the shell's history.
        secret = input().strip() if options["key"] == "-" else options["key"]
        key = ApiKey.objects.select_related("project").filter(secret_hash=hash_secret(secret)).first()
        if key is None:
            raise CommandError("There is no such key.")
        ended = revoke_key(Actor.operator(), key)
        self.stdout.write(f"{key.hint} is revoked." if ended else f"{key.hint} was revoked before.")
