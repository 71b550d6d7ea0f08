"""Passwords that are guessed first are refused, with a sentence that says why; others are nobody's business."""

import time
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.guessing import check
from accounts.models import User
from tests.conftest import PASSWORD

CONTEXT = ["olivia@example.com", "Llamas of Lisbon"]


@pytest.mark.parametrize(
    ("password", "because"),
    [
        ("123456789012345", "others use it"),
        ("passwordpassword", "repeats itself"),
        ("Password1234567", "others use it"),
        ("1q2w3e4r5t6y7u8i9o0p", "others use it"),
        ("zxcvbnmasdfghjkl", "others use it"),
        ("aaaaaaaaaaaaaaaa", "repeats itself"),
        ("abcdefghijklmnopqrstuvwxyz", "sequence"),
        ("Summer2026!Summer2026!", "repeats itself"),
        ("llamaconsole2026", "words that belong to you"),
        ("Llama console of olivia", "words that belong to you"),
        ("OLIVIA@example.com1", "words that belong to you"),
        ("lisbon-lisbon-lisbon-99", "words that belong to you"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, because: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check(password, context=CONTEXT)
    assert because in refused.value.messages[0]
    assert password not in refused.value.messages[0]


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "a sentence that works well",
        "olivia plays the drums at night",  # a word of hers among others
        "xK9#mQ2$vL5@nR8!",
        "四匹のラマが橋を渡って帰った夜",
        "eine Zeile aus keinem Buch",
    ],
)
def test_what_nobody_expects_is_taken(password: str) -> None:
    check(password, context=CONTEXT)


@pytest.mark.parametrize("password", ["4@83(69!1|0$57" * 18, "1!|iLl" * 40, "@" * 256, "ab" * 128, "p4$$w0rd!" * 28])
def test_no_password_takes_long_to_look_at(password: str) -> None:
    began = time.process_time()
    with suppress(ValidationError):
        check(password, context=CONTEXT)
    assert time.process_time() - began < 1.5


def sign_up(client: Client, password: str, **more: str) -> Any:
    return client.post("/sign-up/", {"email": "nadia@example.com", "password": password} | more)


def test_the_organizations_name_and_the_address_count_as_known(db: None, client: Client) -> None:
    for password in ("Weavers of Aveiro 1", "nadia at example com"):
        answer = sign_up(client, password, organization="Weavers of Aveiro")
        assert answer.status_code == 422
        assert answer.context["form"].errors["password"], password
        assert password not in answer.content.decode()
    assert not User.objects.exists()


def test_it_counts_for_every_new_password(as_owner: Client) -> None:
    answer = as_owner.post("/account/password/", {"current": PASSWORD, "password": "passwordpassword"})
    assert answer.status_code == 422
    assert "easy to guess" in answer.content.decode()


@pytest.mark.parametrize("size", [257, 500_000, 1024 * 1024])
def test_a_long_password_is_refused_before_it_is_hashed(
    db: None, client: Client, owner: User, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    hashed: list[int] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(len(password))
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    wanted = 400 if size == 1024 * 1024 else 422
    for page, field in (("/sign-in/", "password"), ("/sign-up/", "password")):
        answer = client.post(page, {"email": "olivia@example.com", field: "x" * size})
        assert answer.status_code == wanted
    assert not hashed
