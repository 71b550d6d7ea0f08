"""Computes the whole log again and compares it with itself and with every signed checkpoint. Exits 1 when refuted."""

import base64
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from ledger.audit import audit


def public_key(text: str) -> bytes:
    """Parse the key as bundles show it; ArgumentTypeError unless it is the base64 of 32 bytes."""
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ArgumentTypeError("a key is the base64 of 32 bytes")
    return key


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--key", type=public_key, required=True, help="public key of the checkpoints, as `ledger_key` prints it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = audit(options["key"], lambda done, size: self.stderr.write(f"{done:,} of {size:,} leaves"))
        for fault in report.faults:
            self.stdout.write(fault)
        read = f"{report.leaves:,} leaves ({report.erased:,} erased) of {report.tenants:,} tenants"
        verdict = "Verified" if report.verified else "REFUTED"
        self.stdout.write(f"{verdict}: {read}, {report.checkpoints:,} checkpoints.")
        if not report.verified:
            sys.exit(1)
