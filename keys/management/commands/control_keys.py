"""Lists the control keys, the newest first: id, last characters, since when, name, and whether one is revoked."""

from typing import Any

from django.core.management.base import BaseCommand

from keys.models import ControlKey


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for key in ControlKey.objects.all():
            state = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "active"
            self.stdout.write(f"{key.pk}  {key.hint}  {key.created_at:%Y-%m-%d %H:%M}  {state}  {key.name}")
