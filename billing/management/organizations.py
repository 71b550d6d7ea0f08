"""Organizations as commands name them."""

from django.core.management.base import CommandError

from accounts.models import Organization


def organization_of(slug: str) -> Organization:
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise CommandError(f"There is no organization {slug}.")
    return organization
