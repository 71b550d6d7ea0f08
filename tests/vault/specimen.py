"""A throw-away model with a sealed field of each type, and how tests open them."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.test.utils import isolate_apps

from ledger.ids import new_id
from vault import fields
from vault.keyring import Keyring
from vault.places import column, column_of, columns
from vault.roots import roots
from vault.unsealer.in_process import append
from vault.unsealer.session import Session

VALUES: dict[str, Any] = {
    "char": "Zoë",
    "text": "a longer text",
    "email": "zoe@example.com",
    "date": date(1990, 1, 2),
    "content": "a prompt",
    "json": {"name": "Zoë", "list": [1, 2.5, None, True]},
    "binary": b"\x00\x80\xffarchive",
}
OTHERS: dict[str, Any] = {
    "char": "Yan",
    "text": "",
    "email": "yan@example.com",
    "date": date.max,
    "content": "an answer",
    "json": ["sealed:00"],
    "binary": b"",
}

with isolate_apps("accounts"):

    class Specimen(models.Model):
        id = models.UUIDField(primary_key=True, default=new_id)
        number = models.IntegerField(unique=True)
        char = fields.SealedCharField(max_length=80, null=True)
        text = fields.SealedTextField(null=True)
        email = fields.SealedEmailField(null=True)
        date = fields.SealedDateField(null=True)
        content = fields.SealedContentField(null=True)
        json = fields.SealedJSONField(null=True)
        binary = fields.SealedBinaryField(null=True)

        class Meta:
            app_label = "accounts"

        @property
        def vault_tenant(self) -> UUID:
            return UUID(int=7)


def opened(row: Specimen, name: str) -> Any:
    """Open without a scope: no purpose opens what exists in tests alone."""
    value = getattr(row, name)
    if value.is_fresh:
        return value.fresh_plaintext()
    message = value.message()
    (plaintext,) = Session(Keyring(roots()), append).unseal_all([(column(message.label), message)])
    return value.decode(plaintext)


def register() -> None:
    """Let the unsealer know the specimen's columns: it learns them from the project's models alone."""
    columns().update((field.sealed_label, column_of(field)) for field in map(Specimen._meta.get_field, VALUES))
