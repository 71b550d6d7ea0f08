"""Ends an API key or an admin key at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from keys.actions import revoke_key
from keys.admin.actions import revoke_admin_key
from keys.models import AdminKey, ApiKey
from keys.secrets import hash_secret
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="the whole key, or - to read it from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        # From standard input the secret stays out of the process list and the shell's history.
        secret = input().strip() if options["key"] == "-" else options["key"]
        found = {"secret_hash": hash_secret(secret)}
        if key := ApiKey.objects.select_related("project").filter(**found).first():
            self._say(key.hint, revoke_key(Actor.operator(), key))
        elif admin := AdminKey.objects.filter(**found).first():
            self._say(admin.hint, revoke_admin_key(Actor.operator(), admin))
        else:
            raise CommandError("There is no such key.")

    def _say(self, hint: str, ended: bool) -> None:
        self.stdout.write(f"{hint} is revoked." if ended else f"{hint} was revoked before.")
