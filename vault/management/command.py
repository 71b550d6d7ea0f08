"""The base of the vault's commands: what the vault refuses is a sentence and exit code 1."""

import base64
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from ledger.actor import Actor
from vault.errors import VaultError
from vault.models import Grant
from vault.unsealer import unsealer


class VaultCommand(BaseCommand):
    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except VaultError as error:
            raise CommandError(str(error)) from None


def actor_of(text: str) -> Actor:
    """Return the actor that an option names as kind:name."""
    try:
        return Actor.parse(text)
    except ValueError:
        raise CommandError(f"{text!r} is nobody; write kind:name, such as staff:ana.") from None


def answer(question: str) -> str:
    """Return what is typed, and nothing where nobody can type."""
    try:
        return input(question)
    except EOFError:
        return ""


def grant_of(grant_id: UUID) -> Grant:
    grant = Grant.objects.filter(pk=grant_id).first()
    if grant is None:
        raise CommandError(f"There is no grant {grant_id}.")
    return grant


def installation() -> str:
    """Return the public key of the checkpoints, by which an installation is known, in base64."""
    return base64.b64encode(unsealer().public_key()).decode()


def describe(grant: Grant) -> list[str]:
    """Return what a grant allows, in lines."""
    return [
        f"{grant.pk}  {grant.purpose}  case {grant.case}",
        f"  asked for by {grant.requester}, at most {grant.maximum} openings, tenant {grant.tenant}",
        *(f"  field {field}" for field in grant.fields),
        *(f"  row {subject}" for subject in grant.subjects),
    ]
