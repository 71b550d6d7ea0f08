"""The system checks: a column that could hold personal data in the clear does not pass `manage.py check`."""

from typing import Any
from uuid import uuid4

import pytest
from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from vault.checks import check_model, check_rooms, says_personal
from vault.fields import SealedCharField

NAMES = """
    email first_name last_name nickname mobile_phone date_of_birth billing_address addresses city postcode country
    role roles ip client_ip prompt prompts request response completions messages content location
"""


def model(**attributes: Any) -> type[models.Model]:
    """Return a throw-away model that stands where accounts.User does, so that purposes open its `name`."""
    meta = type("Meta", (), {"app_label": "accounts"})
    with isolate_apps("accounts"):
        return type("User", (models.Model,), {"__module__": __name__, "Meta": meta, **attributes})


def _key() -> Any:
    return models.UUIDField(primary_key=True, default=uuid4)


def sealed(**attributes: Any) -> type[models.Model]:
    tenant = {"vault_tenant": property(id), "vault_tenant_field": "id"}
    return model(**{"id": _key(), "name": SealedCharField(max_length=80), **tenant, **attributes})


def found(subject: type[models.Model]) -> list[str | None]:
    return [error.id for error in check_model(subject)]


def test_the_project_is_clean() -> None:
    assert check_rooms() == []


def test_manage_check_runs_them_over_our_own_rooms_alone() -> None:
    assert not [error for error in run_checks() if str(error.id).startswith("vault.")]
    # Django's own Group has a name that nobody vouches for.
    assert found(apps.get_model("auth.Group")) == ["vault.E001"]
    assert check_rooms([apps.get_app_config("auth")]) == []


@pytest.mark.parametrize("name", NAMES.split())
def test_a_field_whose_name_says_personal_data_or_content_must_be_sealed(name: str) -> None:
    assert found(model(**{name: models.TextField()})) == ["vault.E001"]
    assert found(model(**{name: models.JSONField()})) == ["vault.E001"]
    assert found(model(**{name: models.BinaryField()})) == ["vault.E001"]


@pytest.mark.parametrize("name", ["slug", "description", "ship", "emailing", "namespace", "tip", "aging", "status"])
def test_a_name_that_only_contains_such_a_word_passes(name: str) -> None:
    assert not says_personal(name)


def test_indexes_hashes_relations_times_and_counts_pass() -> None:
    assert not found(
        model(
            email_index=models.BinaryField(),
            ip_hash=models.BinaryField(),
            email_verified_at=models.DateTimeField(),
            role_changed=models.BooleanField(),
            prompt_tokens=models.BigIntegerField(),
            request_id=models.UUIDField(),
            address=models.ForeignKey("self", models.CASCADE),
        )
    )


def test_a_model_vouches_for_a_field_with_a_reason() -> None:
    name = models.CharField(max_length=80)
    assert not found(model(name=name, vault_not_personal={"name": "of a product"}))
    assert found(model(name=name, vault_not_personal={"name": ""})) == ["vault.E001"]
    assert found(model(name=name, vault_not_personal={"title": "of a product"})) == ["vault.E001"]


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=80),
        models.TextField(),
        models.JSONField(),
        models.DateField(),
        models.EmailField(),
        models.URLField(),
        models.FileField(),
        models.GenericIPAddressField(),
        models.BinaryField(),
    ],
    ids=lambda field: type(field).__name__,
)
def test_a_free_form_field_beside_sealed_ones_must_be_sealed_or_vouched_for(field: Any) -> None:
    assert found(sealed(note=field.clone())) == ["vault.E002"]
    assert not found(sealed(note=field.clone(), vault_not_personal={"note": "an Argon2 hash"}))
    assert not found(model(note=field.clone()))


def test_a_sealed_model_has_a_primary_key_that_is_there_before_the_row() -> None:
    assert not found(sealed())
    assert found(sealed(id=models.UUIDField(primary_key=True))) == ["vault.E003"]
    assert found(sealed(id=models.BigAutoField(primary_key=True))) == ["vault.E003"]


def test_a_sealed_model_names_its_tenant() -> None:
    assert found(model(id=_key(), name=SealedCharField(max_length=80))) == ["vault.E004"]


def test_a_sealed_model_names_the_column_of_its_tenant_so_that_rotation_finds_its_rows() -> None:
    assert found(sealed(vault_tenant_field="owner_id")) == ["vault.E006"]
    owner = models.ForeignKey("self", models.CASCADE)
    assert not found(sealed(vault_tenant_field="owner_id", owner=owner))


def test_a_sealed_field_is_opened_by_some_purpose() -> None:
    assert found(sealed(shoe=SealedCharField(max_length=80))) == ["vault.E005"]


def test_a_sealed_model_that_names_no_such_column_at_all_is_told_so() -> None:
    assert found(model(id=_key(), name=SealedCharField(max_length=80), vault_tenant=property(id))) == ["vault.E006"]


def test_only_the_rooms_that_are_asked_for_are_checked() -> None:
    personal = model(email=models.EmailField())

    class Room(AppConfig):
        path = str(settings.BASE_DIR / "room")

        def get_models(self, *args: Any, **more: Any) -> Any:
            return [personal]

    assert [error.id for error in check_rooms([Room("room", None)])] == ["vault.E001"]


@pytest.mark.parametrize(
    ("make", "where", "problem"),
    [
        (lambda: model(email=models.EmailField()), "User.email", "E001 not sealed"),
        (lambda: sealed(note=models.TextField()), "User.note", "E002 in the clear"),
        (lambda: sealed(id=models.BigAutoField(primary_key=True)), "User.id", "E003 UUIDField"),
        (lambda: model(id=_key(), name=SealedCharField(max_length=80)), "User", "E004 no vault_tenant"),
        (lambda: sealed(shoe=SealedCharField(max_length=80)), "User.shoe", "E005 no purpose"),
        (lambda: sealed(vault_tenant_field="nowhere"), "User", "E006 vault_tenant_field"),
    ],
)
def test_an_error_is_shown_at_its_model_names_the_field_and_says_what_is_wrong(
    make: Any, where: str, problem: str
) -> None:
    number, words = problem.split(" ", 1)
    (error,) = check_model(make())
    assert str(error).startswith(f"accounts.User: (vault.{number}) accounts.{where} ")
    assert words in error.msg
    # What a name or a type decides can be vouched for; the rest must be mended.
    assert ("vault_not_personal" in str(error)) == (number in {"E001", "E002"})
