"""Makes a control key, which another gateway shows to verify keys and report usage, and prints it on the last line."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.validators import one_line, visible
from keys.control.actions import issue_control_key
from ledger.actor import Actor

_LONGEST = 80


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="which gateway it is for")

    def handle(self, *args: Any, **options: Any) -> None:
        _, secret = issue_control_key(Actor.operator(), name=_checked(options["name"]))
        self.stderr.write("Control key made: it speaks for every organization. It is shown only this once:")
        self.stdout.write(secret)


def _checked(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= _LONGEST:
        raise CommandError(f"--name must have 1 to {_LONGEST} characters.")
    try:
        one_line(name)
        visible(name)
    except ValidationError as error:
        raise CommandError("; ".join(error.messages)) from None
    return name
