"""Tells the id of a person, which other commands ask for, from the address they sign in with. Opens nothing."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.people import find_person


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="their sign-in address, or - to read it from standard input")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        self.stdout.write(str(find_person(email).pk))
