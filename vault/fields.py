"""Sealed model fields: django-cryptography's field machinery over the vault's engine.

The package types the column as binary, whitelists look-ups and handles migrations. Ours are the cipher (an AEAD bound
to the row's place), the codec (JSON through the base field, where the package unpickles) and when it opens: never on
load. A model with sealed fields has a UUID primary key made by the client and a `vault_tenant`.
"""

import json
from typing import Any

from django.db import models
from django.db.models import Case, Value
from django.db.models.functions import Cast
from django_cryptography.fields import EncryptedMixin

from vault.errors import VaultError
from vault.planes import Plane
from vault.sealed import Sealed, SealedDescriptor


class SealedMixin(EncryptedMixin):
    """A field whose column holds sealed records and whose attribute holds `Sealed` values.

    `plane` names the root and the data key; `bucket` is the padding step in bytes.
    """

    wasinstance = True
    base_class: "type[models.Field[Any, Any]]"
    plane = Plane.CUSTOMER_DATA

    def __init__(self, *args: Any, bucket: int = 32, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bucket = bucket
        if self.unique or self.db_index:  # type: ignore[attr-defined]
            raise TypeError("A sealed field has no order and no equality: put the constraint on its blind index.")

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "bucket": self.bucket}

    def contribute_to_class(self, cls: type[models.Model], name: str, **kwargs: Any) -> None:  # type: ignore[override]
        super().contribute_to_class(cls, name, **kwargs)
        setattr(cls, self.attname, SealedDescriptor(self))

    @property
    def sealed_label(self) -> str:
        return f"{self.model._meta.label}.{self.name}"

    def encode(self, value: Any) -> bytes:
        """Return the plaintext bytes of a Python value."""
        text = self.base_class.get_prep_value(self, value)
        return json.dumps(text if text is None else str(text), ensure_ascii=False).encode()

    def decode(self, data: bytes) -> Any:
        return self.base_class.to_python(self, json.loads(data))

    def _dump(self, value: Any) -> bytes:
        if not isinstance(value, Sealed) or value.owner is None:
            raise VaultError("refused", f"{self.name}: plaintext is never written without its row.")
        return value.record()

    def _load(self, value: bytes) -> Sealed[Any]:
        return Sealed(self, record=value)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(_SERIALIZED):
            return Sealed(self, record=bytes.fromhex(value.removeprefix(_SERIALIZED)))
        return value if isinstance(value, Sealed) else super().to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else models.Field.get_prep_value(self, value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if hasattr(value, "as_sql") and not _is_bulk_update(value):
            raise VaultError("refused", f"{self.name}: an expression would be computed in the clear.")
        return value if hasattr(value, "as_sql") else super().get_db_prep_save(value, connection)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else _SERIALIZED + value.record().hex()

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        if not isinstance(value, Sealed):
            return self.base_class.clean(self, value, model_instance)
        plaintext = value.fresh_plaintext()
        return value if plaintext is None else self.base_class.clean(self, plaintext, model_instance)


_SERIALIZED = "sealed:"


def _is_bulk_update(value: Any) -> bool:
    """Tell bulk_update's own CASE over plain values from any other expression."""
    inner = value.get_source_expressions()[0] if isinstance(value, Cast) else value
    return isinstance(inner, Case) and all(isinstance(case.result, Value) for case in inner.cases)


class SealedCharField(SealedMixin, models.CharField):  # type: ignore[type-arg]
    base_class = models.CharField


class SealedTextField(SealedMixin, models.TextField):  # type: ignore[type-arg]
    base_class = models.TextField


class SealedEmailField(SealedMixin, models.EmailField):  # type: ignore[type-arg]
    base_class = models.EmailField


class SealedDateField(SealedMixin, models.DateField):  # type: ignore[type-arg]
    base_class = models.DateField


class SealedContentField(SealedTextField):
    """Customer content: prompts, answers and parameters, under the content plane's keys."""

    plane = Plane.CUSTOMER_CONTENT
