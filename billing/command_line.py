"""What billing's commands read from their arguments: organizations by slug, amounts in dollars."""

from decimal import Decimal, InvalidOperation

from django.core.management.base import CommandError

from accounts.models import Organization
from catalog.money import CENT


def organization_named(slug: str) -> Organization:
    """Return the organization of a slug; CommandError if there is none."""
    found = Organization.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no organization {slug}.")
    return found


def pico_of(text: str) -> int:
    """Turn dollars and cents into pico-dollars; CommandError for anything finer, negative or not a number."""
    try:
        cents = Decimal(text) * 100
        whole = int(cents)
    except (InvalidOperation, ValueError, OverflowError):
        raise CommandError(f"{text} is not an amount of dollars.") from None
    if whole != cents or whole < 0:
        raise CommandError(f"{text} is not a whole number of cents from zero on.")
    return whole * CENT
