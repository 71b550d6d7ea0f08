"""What a run of reconciliation writes down."""

from uuid import UUID

from django.db import transaction

from billing.models import Finding, ReconciliationRun


class Report:
    """Counts what is looked at and keeps what is found; a finding is written at once, so a run that dies left them."""

    def __init__(self, run: ReconciliationRun) -> None:
        self.run = run

    def look(self, count: int = 1) -> None:
        self.run.checked += count

    def find(
        self,
        what: str,
        object_id: object,
        *,
        expected: object = "",
        found: object = "",
        organization_id: UUID | None = None,
        is_repaired: bool = False,
    ) -> None:
        """Write a finding: amounts as they are named, in pico-dollars or cents."""
        with transaction.atomic():
            Finding.objects.create(
                run=self.run,
                what=what[:80],
                organization_id=organization_id,
                object_id=str(object_id)[:255],
                expected=str(expected)[:80],
                found=str(found)[:80],
                is_repaired=is_repaired,
            )
