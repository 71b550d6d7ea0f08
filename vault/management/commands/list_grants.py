"""Lists grants, newest first: what each allows, and what the ledger says of it."""

from typing import Any

from ledger.models import LeafBody, LeafType
from vault.granted import printable
from vault.management.command import VaultCommand, describe
from vault.models import Grant


class Command(VaultCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for grant in Grant.objects.order_by("-pk"):
            for line in [*describe(grant), f"  {_state(grant)}"]:
                self.stdout.write(printable(line))


def _state(grant: Grant) -> str:
    types = list(LeafBody.objects.filter(grant=grant.pk).values_list("type", flat=True))
    used = f"opened {types.count(LeafType.OPENING)} times"
    if LeafType.GRANT_CLOSED in types:
        return f"closed, {used}"
    if LeafType.GRANT_STARTED in types:
        return f"approved by {grant.approver} until {grant.until:%Y-%m-%d %H:%M} UTC, {used}"
    return "requested"
