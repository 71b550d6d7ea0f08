"""What sealed fields make of values on the way in and out, whenever their model was made."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.test.utils import isolate_apps

from tests.vault.specimen import VALUES, Specimen
from vault import fields
from vault.errors import VaultError

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", VALUES)
def test_what_is_sealed_is_a_python_value_already_and_anything_else_becomes_one_of_the_type(
    specimen: Specimen, name: str
) -> None:
    field, value = Specimen._meta.get_field(name), getattr(specimen, name)
    assert field.to_python(value) is value
    typed = "AID/YXJjaGl2ZQ==" if name == "binary" else VALUES[name]
    assert field.to_python(str(typed) if name == "date" else typed) == VALUES[name]
    assert field.to_python(None) is None


@pytest.mark.parametrize(("name", "wrong"), [("date", "yesterday"), ("json", {1, 2}), ("binary", "text")])
def test_what_is_no_value_of_the_type_is_refused_and_not_named(name: str, wrong: Any) -> None:
    field: Any = Specimen._meta.get_field(name)
    with pytest.raises(VaultError) as refusal:
        field.encode(wrong)
    assert (refusal.value.code, refusal.value.permanent) == ("refused", True)
    assert refusal.value.__context__ is None  # what was raised names the value


@pytest.mark.parametrize(("name", "data"), [("date", b'"yesterday"'), ("json", b"{"), ("char", b"no JSON")])
def test_what_opens_to_no_value_of_the_type_is_unreadable(name: str, data: bytes) -> None:
    field: Any = Specimen._meta.get_field(name)
    with pytest.raises(VaultError) as refusal:
        field.decode(data)
    assert (refusal.value.code, refusal.value.permanent) == ("unreadable", True)


@pytest.mark.parametrize("name", ["char", "json"])
def test_text_takes_no_more_bytes_than_in_utf_8(name: str) -> None:
    field: Any = Specimen._meta.get_field(name)
    assert field.encode("Zoë 🦙") == '"Zoë 🦙"'.encode()


class Exact(json.JSONDecoder):
    def __init__(self, **more: Any) -> None:
        super().__init__(parse_float=Decimal, **more)


def test_json_has_the_encoder_and_the_decoder_that_its_field_names() -> None:
    field = fields.SealedJSONField(encoder=DjangoJSONEncoder, decoder=Exact)
    assert field.encode([date(1990, 1, 2)]) == b'["1990-01-02"]'
    assert repr(field.decode(b"[2.50]")) == "[Decimal('2.50')]"


@isolate_apps("accounts")
def test_a_model_that_is_made_now_seals_as_well_and_pads_to_32_bytes_unless_it_says_otherwise() -> None:
    char = fields.SealedCharField(max_length=80)
    wide = fields.SealedTextField(bucket=512)
    meta = type("Meta", (), {"app_label": "accounts"})
    made: Any = type("Later", (models.Model,), {"__module__": __name__, "Meta": meta, "char": char, "wide": wide})
    assert (char.bucket, wide.bucket) == (32, 512)
    assert (made.char.label, made.wide.label) == ("accounts.Later.char", "accounts.Later.wide")
    assert str(made(char="Zoë").char) == "<Sealed>"
