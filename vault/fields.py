"""Sealed model fields: django-cryptography's field machinery over the vault's engine.

The package types the column as binary, whitelists look-ups and handles migrations. Ours are the cipher (an AEAD bound
to the row's place), the codec (JSON through the base field, where the package unpickles) and when it opens: never on
load. A model with sealed fields has a UUID primary key made by the client, a `vault_tenant`, and the name of the column
it comes from in `vault_tenant_field`.

The database sees ciphertext alone: `order_by` sorts by ciphertext, which is no order, and the only look-up is `isnull`.
A record opens in the row that it was sealed for, so a record that `update`, or `bulk_create` with a conflict on another
column than the primary key, writes into another row is lost there.
"""

import json
from collections.abc import Callable
from typing import Any, cast

import msgspec
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Value
from django.db.models.functions import Cast
from django_cryptography.fields import EncryptedMixin

from vault.errors import VaultError
from vault.planes import Plane
from vault.sealed import Sealed, SealedDescriptor, load


class SealedMixin(EncryptedMixin):
    """A field whose column holds sealed records and whose attribute holds `Sealed` values.

    `plane` names the root and the data key; `bucket` is the padding step in bytes.
    """

    wasinstance = True
    base_class: "type[models.Field[Any, Any]]"
    plane = Plane.CUSTOMER_DATA
    non_db_attrs = (*models.Field.non_db_attrs, "bucket")

    def __init__(self, *args: Any, bucket: int = 32, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bucket = bucket
        if self.unique or self.db_index:  # type: ignore[attr-defined]
            raise TypeError("A sealed field has no order and no equality: put the constraint on its blind index.")

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "bucket": self.bucket}

    def clone(self) -> Any:
        return models.Field.clone(self)  # the package's own forgets what our deconstruct adds

    def contribute_to_class(self, cls: type[models.Model], name: str, **kwargs: Any) -> None:  # type: ignore[override]
        super().contribute_to_class(cls, name, **kwargs)
        self.sealed_label = f"{cls._meta.label}.{name}"
        setattr(cls, self.attname, SealedDescriptor(self))

    def encode(self, value: Any) -> bytes:
        """Return the plaintext bytes of a Python value."""
        if hasattr(value, "resolve_expression"):
            raise VaultError("refused", f"{self.name}: an expression has no value to seal.")
        return cast(bytes, self._quietly(self._encode, value, "refused"))

    def decode(self, data: bytes) -> Any:
        return self._quietly(self._decode, data, "unreadable")

    def _quietly(self, convert: Callable[[Any], Any], value: Any, code: str) -> Any:
        try:
            return convert(value)
        except (ValidationError, ValueError, TypeError):
            pass
        # Outside of the handler: what was raised there names the value, and would stand in the traceback.
        raise VaultError(code, f"{self.name}: this is no value of the field.")

    def _decode(self, data: bytes) -> Any:
        return self.base_class.to_python(self, msgspec.json.decode(data))

    def _encode(self, value: Any) -> bytes:
        return json.dumps(str(self.base_class.to_python(self, value)), ensure_ascii=False).encode()

    def _dump(self, value: Any) -> bytes:
        if not isinstance(value, Sealed) or value.owner is None:
            raise VaultError("refused", f"{self.name}: plaintext is never written without its row.")
        return value.record()

    def get_db_converters(self, connection: Any) -> list[Any]:
        return [load]

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(_SERIALIZED):
            return Sealed(self, bytes.fromhex(value.removeprefix(_SERIALIZED)))
        return value if isinstance(value, Sealed) else super().to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        return value  # the base class would make text of it

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if add and isinstance(value, Sealed) and value.is_loaded:
            # The copy of a row under another key: its records would not open there.
            raise VaultError("refused", f"A sealed {self.name} cannot be copied to another row.")
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if hasattr(value, "as_sql") and not _is_bulk_update(value):
            raise VaultError("refused", f"{self.name}: an expression would be computed in the clear.")
        return super().get_db_prep_save(value, connection)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else _SERIALIZED + value.record().hex()

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        plaintext = value.fresh_plaintext() if isinstance(value, Sealed) else value
        if plaintext is None and value is not None:
            return value
        if plaintext == _UNOPENED:
            raise ValidationError("This stands for a value that was not opened.", code="unopened")
        # The base class's steps, not its clean: that would take typed text for a serialized record.
        cleaned = self.base_class.to_python(self, plaintext)
        self.validate(cleaned, model_instance)
        self.run_validators(cleaned)
        return cleaned


_SERIALIZED = "sealed:"
_UNOPENED = "<Sealed>"  # what a form over an unopened value shows, and sends back


def _is_bulk_update(value: Any) -> bool:
    """Tell bulk_update's own CASE over sealed values from any other expression."""
    inner = value.get_source_expressions()[0] if isinstance(value, Cast) else value
    if not isinstance(inner, Case):
        return False
    return all(_is_sealed(result) for result in (inner.default, *(case.result for case in inner.cases)))


def _is_sealed(result: Any) -> bool:
    return isinstance(result, Value) and (result.value is None or isinstance(result.value, Sealed))


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


class SealedJSONField(SealedMixin, models.JSONField):  # type: ignore[misc]
    """Python values that JSON has. None is NULL in the column."""

    base_class = models.JSONField

    def _decode(self, data: bytes) -> Any:
        return json.loads(data.decode(), cls=self.decoder)

    def _encode(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, cls=self.encoder).encode()


class SealedBinaryField(SealedMixin, models.BinaryField):  # type: ignore[type-arg]
    """Bytes, sealed as they are."""

    base_class = models.BinaryField

    def _decode(self, data: bytes) -> bytes:
        return data

    def _encode(self, value: Any) -> bytes:
        return bytes(value)
