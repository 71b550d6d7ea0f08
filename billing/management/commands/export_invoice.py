"""Writes a closed invoice and its calls to standard output, for verify_invoice.py."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.command_line import organization_named
from billing.errors import BillingError
from billing.invoices.bundle import bundle
from billing.models import Invoice


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--number", required=True, type=int, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_named(options["organization"])
        invoice = Invoice.objects.of(organization.pk).closed().filter(number=options["number"]).first()
        if invoice is None:
            raise CommandError(f"{organization.slug} has no invoice {options['number']}.")
        try:
            pieces = bundle(invoice)
        except BillingError as error:
            raise CommandError(error.message) from None
        self.stdout.ending = ""  # the bundle is written in pieces
        try:
            for piece in pieces:
                self.stdout.write(piece.decode())
            self.stdout.flush()
        except BrokenPipeError:  # whoever reads has read enough: no traceback, and no word of success either
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
