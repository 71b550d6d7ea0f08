"""Seats: how many members an organization may have, open invitations included. Who counts holds its lock."""

from django.utils import timezone

from accounts.models import Organization


def free_seats(organization: Organization) -> int | None:
    """Return how many more may be invited, less than none if the limit came later; None without a limit."""
    if organization.seats is None:
        return None
    taken = organization.memberships.count() + organization.invitations.open(timezone.now()).count()
    return organization.seats - taken


def has_seat(organization: Organization) -> bool:
    """Tell whether one of the invited may become a member."""
    return organization.seats is None or organization.memberships.count() < organization.seats
