"""Finding a closed invoice by its number."""

from uuid import UUID

from billing.models import Invoice

_LARGEST = 2**31 - 1  # what the column holds


def find_invoice(organization_id: UUID, number: int) -> Invoice | None:
    """Return an organization's invoice of a number, None where there is none; drafts have no number."""
    if not 0 < number <= _LARGEST:
        return None
    return Invoice.objects.of(organization_id).filter(number=number).first()
