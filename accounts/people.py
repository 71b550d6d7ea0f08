"""People as the command line names them: by the address they sign in with."""

from django.core.management.base import CommandError

from accounts.models import User
from vault.errors import VaultError


def find_person(email: str) -> User:
    """Return the person of a sign-in address, or of the one on standard input for "-"; CommandError for nobody."""
    try:
        user = User.objects.find_by_email(input().strip() if email == "-" else email)
    except VaultError as error:
        raise CommandError(error.message) from None
    if user is None:
        raise CommandError("Nobody has this address.")
    return user
