"""System checks: no personal data and no customer content lies in a column that is not sealed.

`manage.py check` fails for a field of our own rooms whose name says that it is personal, and for a model with sealed
fields that has another free-form one. A model vouches for a field in `vault_not_personal = {"field": "reason"}`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import models

from vault.fields import SealedMixin
from vault.purposes import Purpose, opens

# Compared with each part of a name, in the singular: `billing_address`, `prompts`, `first_name`.
_WORDS = """
    email mail phone mobile fax name nickname username surname birth birthday birthdate age gender
    location address street city postcode zip country ip role avatar photo
    prompt request response completion message content question answer transcript
"""
PERSONAL = frozenset(_WORDS.split())
_HARMLESS = (models.DateTimeField, models.TimeField, models.BooleanField, models.IntegerField, models.UUIDField)
_FREE_FORM = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.DateField,
    models.FileField,
    models.GenericIPAddressField,
    models.BinaryField,
)


def check_rooms(app_configs: Iterable[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Return the errors of all models in our own rooms."""
    configs = apps.get_app_configs() if app_configs is None else app_configs
    ours = (config for config in configs if Path(config.path).parent == settings.BASE_DIR)
    return [error for config in ours for model in config.get_models() for error in check_model(model)]


def check_model(model: type[models.Model]) -> Iterator[CheckMessage]:
    fields = model._meta.local_fields
    sealed = [field for field in fields if isinstance(field, SealedMixin)]
    for field in fields:
        if field not in sealed and not _is_harmless(field):
            yield from _check_plain(field, bool(sealed))
    if sealed:
        yield from _check_sealed(model, sealed)


def says_personal(name: str) -> bool:
    """Tell whether a part of the name, or its singular, is a word for something personal."""
    return any({part, part.removesuffix("s"), part.removesuffix("es")} & PERSONAL for part in name.lower().split("_"))


def _check_plain(field: Any, beside_sealed: bool) -> Iterator[Error]:
    if says_personal(field.name):
        yield _error(field, "E001", "is personal data or content by its name, and not sealed")
    elif beside_sealed and isinstance(field, _FREE_FORM):
        yield _error(field, "E002", "stands beside sealed fields and could hold the same in the clear")


def _check_sealed(model: type[models.Model], sealed: list[SealedMixin]) -> Iterator[Error]:
    key = model._meta.pk
    if not isinstance(key, models.UUIDField) or not key.has_default():
        yield _error(key, "E003", "must be a UUIDField with a default: values are sealed before their row is saved")
    if not hasattr(model, "vault_tenant"):
        yield Error(f"{model._meta.label} has sealed fields and no vault_tenant.", obj=model, id="vault.E004")
    elif getattr(model, "vault_tenant_field", "") not in {field.attname for field in model._meta.concrete_fields}:
        problem = "has sealed fields, and no column that holds the tenant is named in vault_tenant_field"
        yield Error(f"{model._meta.label} {problem}.", obj=model, id="vault.E006")
    for field in sealed:
        if not any(opens(purpose, field.sealed_label) for purpose in Purpose):
            yield _error(field, "E005", "is opened by no purpose in vault/purposes.py")


def _is_harmless(field: Any) -> bool:
    if field.is_relation or isinstance(field, _HARMLESS):
        return True
    if isinstance(field, models.BinaryField) and field.name.endswith(("_index", "_hash")):
        return True
    return bool(getattr(field.model, "vault_not_personal", {}).get(field.name))


def _error(field: Any, number: str, problem: str) -> Error:
    hint = "Seal it, or give the reason in the model's vault_not_personal." if number in {"E001", "E002"} else None
    return Error(f"{field.model._meta.label}.{field.name} {problem}.", hint=hint, obj=field.model, id=f"vault.{number}")
