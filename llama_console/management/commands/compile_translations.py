"""Compile the translations in locale/ to where the console reads them."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for source in sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po")):
            target = settings.LOCALE_PATHS[0] / source.relative_to(settings.BASE_DIR / "locale").with_suffix(".mo")
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        catalog = read_po(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, catalog)
