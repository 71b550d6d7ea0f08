"""Reports keys as leaked: reads them from standard input, one a line, with the address each was found at after it.

An API key is slowed down or revoked, as LEAKED_KEYS says; admin keys and control keys are revoked. Who can act is told.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from keys.leaks import act_on, can_be_key, host_of
from keys.secrets import hash_secret
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [line.split() for line in sys.stdin if line.strip()]
        if not lines:
            raise CommandError("Write the keys to standard input, one a line.")
        for number, (secret, *rest) in enumerate(lines, start=1):
            self.stdout.write(f"{number}: {_report(secret, rest[0] if rest else '')}")


def _report(secret: str, url: str) -> str:
    """Act on one key, and say what came of it without saying the key."""
    if not can_be_key(secret):
        return "no key by its form"
    key = act_on(Actor.operator(), hash_secret(secret), host_of(url))
    if key is None:
        return "unknown, ended, or reported before"
    return f"{key.hint} is {'revoked' if key.revoked_at else 'slowed down'}, and who can act is told"
