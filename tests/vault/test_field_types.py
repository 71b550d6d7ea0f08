"""Each type of sealed field: what it keeps, and what it refuses."""

import copy
import pickle
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import FieldError, ValidationError
from django.db import connection
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat, Lower
from django.db.transaction import atomic
from django.forms import modelform_factory

from accounts.models import User
from ledger.actor import Actor
from ledger.ids import new_id
from tests.vault.specimen import OTHERS, VALUES, Specimen, opened
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.purposes import Purpose
from vault.sealed import Sealed

EACH = pytest.mark.parametrize("name", VALUES)
pytestmark = pytest.mark.django_db


def stored(row: Specimen, name: str) -> bytes:
    pk = row.pk.hex if connection.vendor == "sqlite" else row.pk
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{name}" FROM accounts_specimen WHERE id = %s', [pk])
        return bytes(cursor.fetchone()[0])


@EACH
def test_a_value_comes_back_as_it_was(specimen: Specimen, name: str) -> None:
    assert str(getattr(specimen, name)) == "<Sealed>"
    assert opened(specimen, name) == VALUES[name]
    setattr(specimen, name, OTHERS[name])
    specimen.save(update_fields=[name])
    specimen.refresh_from_db()
    assert opened(specimen, name) == OTHERS[name]


@EACH
def test_the_column_holds_a_record_and_none_is_null(specimen: Specimen, name: str) -> None:
    assert stored(specimen, name)[:4] == b"LC\x01\x01"
    setattr(specimen, name, None)
    specimen.save()
    assert Specimen.objects.filter(**{f"{name}__isnull": True}).exists()
    assert getattr(Specimen.objects.get(), name) is None


def test_bytes_take_their_own_length_and_no_more(specimen: Specimen) -> None:
    specimen.binary = bytes(range(256)) * 16
    specimen.save()
    assert len(stored(specimen, "binary")) == 84 + 4096 + 32


@EACH
def test_values_only_and_defer_give_sealed_values(specimen: Specimen, name: str) -> None:
    assert str(Specimen.objects.values(name).get()[name]) == "<Sealed>"
    assert str(Specimen.objects.values_list(name, flat=True).get()) == "<Sealed>"
    assert opened(Specimen.objects.only("number").get(), name) == VALUES[name]
    assert opened(Specimen.objects.defer(name).get(), name) == VALUES[name]


@EACH
def test_a_value_from_values_has_no_row_and_does_not_open(specimen: Specimen, name: str) -> None:
    stored = Specimen.objects.values_list(name, flat=True).get()
    me = new_id()
    mine: dict[str, Any] = {"actor": Actor.user(me), "tenant": me, "subjects": [me], "fields": [User.name]}
    with (
        disclose(Purpose.OWN_ACCOUNT, **mine) as scope,
        pytest.raises(VaultError, match=r"^refused: .* without its row"),
    ):
        scope.open(stored)


@EACH
def test_bulk_create_and_bulk_update_seal(specimen: Specimen, name: str) -> None:
    rows = Specimen.objects.bulk_create([Specimen(number=number, **{name: VALUES[name]}) for number in (2, 3)])
    assert [opened(Specimen.objects.get(pk=row.pk), name) for row in rows] == [VALUES[name]] * 2
    setattr(rows[0], name, OTHERS[name])
    setattr(rows[1], name, None)
    Specimen.objects.bulk_update(rows, [name])
    assert opened(Specimen.objects.get(number=2), name) == OTHERS[name]
    assert getattr(Specimen.objects.get(number=3), name) is None


@EACH
def test_bulk_create_over_a_conflict_opens_in_the_same_row_alone(specimen: Specimen, name: str) -> None:
    same = Specimen(pk=specimen.pk, number=1, **{name: OTHERS[name]})
    Specimen.objects.bulk_create([same], update_conflicts=True, update_fields=[name], unique_fields=["id"])
    assert opened(Specimen.objects.get(), name) == OTHERS[name]
    other = Specimen(number=1, **{name: VALUES[name]})
    Specimen.objects.bulk_create([other], update_conflicts=True, update_fields=[name], unique_fields=["number"])
    with pytest.raises(VaultError, match="tampered"):
        opened(Specimen.objects.get(), name)


@EACH
def test_update_takes_no_plaintext_and_no_expression(specimen: Specimen, name: str) -> None:
    before, plain = stored(specimen, name), VALUES[name]
    field = Specimen._meta.get_field(name)
    for value in (
        plain,
        F("number"),
        F("char"),
        Value(plain),
        Value(plain, output_field=field),
        Lower(Value("Zoe")),
        Concat(Value("a"), Value("b")),
        Case(When(number=1, then=Value("plain")), default=Value(None)),
        Case(default=Value("plain")),
    ):
        with pytest.raises((VaultError, TypeError, FieldError)) as refusal, atomic():
            Specimen.objects.update(**{name: value})
        assert getattr(refusal.value, "code", "refused") == "refused"
    assert stored(specimen, name) == before


@EACH
def test_a_record_that_update_moves_to_another_row_does_not_open_there(specimen: Specimen, name: str) -> None:
    other = Specimen.objects.create(number=2)
    Specimen.objects.filter(pk=other.pk).update(**{name: getattr(specimen, name)})
    with pytest.raises(VaultError, match="tampered"):
        opened(Specimen.objects.get(pk=other.pk), name)


@EACH
def test_create_takes_no_expression(specimen: Specimen, name: str) -> None:
    for value in (F("number"), Value("plain"), Lower(Value("Zoe"))):
        with pytest.raises(VaultError, match="refused"), atomic():
            Specimen.objects.create(number=2, **{name: value})
        setattr(specimen, name, value)
        with pytest.raises(VaultError, match="refused"), atomic():
            specimen.save()


@EACH
def test_every_lookup_but_isnull_is_refused(specimen: Specimen, name: str) -> None:
    for lookup in ("", "__exact", "__iexact", "__in", "__contains", "__startswith", "__gt", "__year", "__regex", "__a"):
        with pytest.raises(FieldError):
            Specimen.objects.filter(**{name + lookup: VALUES[name]}).exists()
    for search in (Specimen.objects.get_or_create, Specimen.objects.update_or_create):
        with pytest.raises(FieldError):
            search(**{name: VALUES[name]})
    assert Specimen.objects.filter(**{f"{name}__isnull": False}).count() == 1


@EACH
def test_ordering_is_that_of_the_ciphertext(specimen: Specimen, name: str) -> None:
    Specimen.objects.create(number=2, **{name: OTHERS[name]})
    rows = list(Specimen.objects.order_by(name))
    assert [stored(row, name) for row in rows] == sorted(stored(row, name) for row in rows)


@EACH
def test_unique_and_index_are_refused(name: str) -> None:
    field = type(Specimen._meta.get_field(name))
    for option in ("unique", "db_index", "primary_key"):
        with pytest.raises(TypeError, match="blind index"):
            field(**{option: True})


@EACH
def test_neither_a_value_nor_a_row_nor_a_queryset_pickles(specimen: Specimen, name: str) -> None:
    values = Specimen.objects.values_list(name)
    for subject in (getattr(specimen, name), Specimen.objects.only(name).get(), Specimen.objects.only(name), values):
        with pytest.raises(VaultError, match="pickle"):
            pickle.dumps(subject)


@EACH
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copied_row_saves_in_its_place_and_in_no_other(
    specimen: Specimen, name: str, duplicate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(apps.all_models["accounts"], "specimen", Specimen)  # copying looks the model up
    twin = duplicate(specimen)
    twin.save()
    assert opened(Specimen.objects.get(), name) == VALUES[name]
    twin = duplicate(specimen)
    twin.pk, twin.number, twin._state.adding = new_id(), 2, True
    with pytest.raises(VaultError, match=r"^refused: .* another row"), atomic():
        twin.save()
    assert Specimen.objects.count() == 1


@EACH
def test_a_value_assigned_to_another_row_is_refused(specimen: Specimen, name: str) -> None:
    with pytest.raises(VaultError, match=r"^refused: .* another row"):
        Specimen(number=2, **{name: getattr(specimen, name)})


@EACH
def test_serialized_it_is_ciphertext_and_comes_back(specimen: Specimen, name: str) -> None:
    field = Specimen._meta.get_field(name)
    text = field.value_to_string(specimen)
    assert text == f"sealed:{stored(specimen, name).hex()}"
    again = Specimen(pk=specimen.pk, number=1, **{name: field.to_python(text)})
    again.save_base(raw=True)
    assert opened(Specimen.objects.get(), name) == VALUES[name]
    assert field.value_to_string(Specimen(number=2)) == ""


@EACH
def test_a_model_form_takes_typed_text_and_keeps_unopened_values(specimen: Specimen, name: str) -> None:
    if name == "binary":
        assert not Specimen._meta.get_field(name).editable
        return
    form = modelform_factory(Specimen, fields=[name])
    typed = '{"a": 1}' if name == "json" else str(VALUES[name])
    saved = form({name: typed}, instance=specimen).save()
    assert opened(saved, name) == ({"a": 1} if name == "json" else VALUES[name])
    record = stored(saved, name)
    saved.full_clean()
    saved.save()
    assert stored(saved, name) == record


def test_a_form_that_sends_back_the_mark_of_an_unopened_value_is_refused(specimen: Specimen) -> None:
    form = modelform_factory(Specimen, fields=["char"])
    shown = form(instance=specimen)["char"].value()
    (error,) = form({"char": str(shown)}, instance=specimen).errors.as_data()["char"]
    assert (error.code, error.message) == ("unopened", "This stands for a value that was not opened.")


def test_typed_text_is_never_taken_for_a_serialized_record(specimen: Specimen) -> None:
    form: Any = modelform_factory(Specimen, fields=["char"])
    for typed in ("sealed:zz", "sealed:4c43"):
        assert opened(form({"char": typed}, instance=specimen).save(), "char") == typed


def test_cleaning_validates_plaintext_as_its_type_does(specimen: Specimen) -> None:
    for name, wrong in {"char": "x" * 81, "email": "zoe", "date": "yesterday", "json": {1, 2}}.items():
        with pytest.raises(ValidationError):
            Specimen._meta.get_field(name).clean(wrong, specimen)
    assert isinstance(modelform_factory(Specimen, fields=["date"])().fields["date"], forms.DateField)


def test_plaintext_never_reaches_the_database_without_its_row() -> None:
    field: Any = Specimen._meta.get_field("char")
    with pytest.raises(VaultError, match=r"^refused: .* without its row"):
        field.get_db_prep_value("plain", connection)


def test_a_clone_keeps_the_bucket() -> None:
    assert all(field.clone().bucket == field.bucket for field in Specimen._meta.fields if hasattr(field, "bucket"))
    field = type(Specimen._meta.get_field("char"))(max_length=5, bucket=512)
    assert (field.clone().bucket, field.deconstruct()[3]["bucket"]) == (512, 512)


def test_a_record_from_a_list_shows_and_gives_away_nothing(specimen: Specimen) -> None:
    record = Specimen.objects.values_list("char", flat=True).get()
    assert f"{record!r} {record!s} {record:>9}" == "<Sealed> <Sealed> <Sealed>"
    assert copy.copy(record) is copy.deepcopy(record) is record
    with pytest.raises(VaultError, match="pickle"):
        pickle.dumps(record)


def test_a_value_that_was_copied_alone_keeps_its_row(specimen: Specimen) -> None:
    assert copy.copy(specimen.char).pk == copy.deepcopy(specimen.char).pk == specimen.pk


@pytest.mark.usefixtures("_specimens")
def test_a_saved_row_under_another_key_is_refused() -> None:
    row = Specimen(number=3, **VALUES)
    row.save()
    row.pk, row.number = new_id(), 4
    with pytest.raises(VaultError, match=r"^refused: .* another row"), atomic():
        row.save()


def test_a_value_without_a_row_has_no_place() -> None:
    with pytest.raises(VaultError, match=r"^refused: .* without its row"):
        Sealed(Specimen._meta.get_field("char"), None, "plain").message()
