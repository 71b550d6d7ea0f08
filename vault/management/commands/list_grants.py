"""Lists grants, newest first: what each allows, and what the ledger says of it."""

from typing import Any

from ledger.models import LeafBody, LeafType
from vault.granted import printable
from vault.management.command import VaultCommand, describe
from vault.models import Grant


class Command(VaultCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        grants = list(Grant.objects.order_by("-pk"))
        if not grants:
            self.stdout.write("Nobody has asked for a grant.")
        for grant in grants:
            for line in [*describe(grant), f"  {_state(grant)}"]:
                self.stdout.write(printable(line))


def _state(grant: Grant) -> str:
    types = list(LeafBody.objects.filter(grant=grant.pk).values_list("type", flat=True))
    openings = types.count(LeafType.OPENING)
    used = f"opened {openings} {'time' if openings == 1 else 'times'}"
    if LeafType.GRANT_CLOSED in types:
        return f"closed, {used}"
    if LeafType.GRANT_STARTED in types:
        return f"approved by {grant.approver} until {grant.until:%Y-%m-%d %H:%M} UTC, {used}"
    return "requested"
