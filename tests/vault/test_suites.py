"""The suites: what is sealed opens whole, in its place and under its key, or not at all."""

from typing import Any

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from vault import suites
from vault.errors import VaultError

SECRET, KEY_ID, PLACE = bytes(range(32)), b"key-id-8", suites.associate("plane", "table", "column")
KEY = suites.keyed(SECRET)
BOTH = pytest.mark.parametrize("suite", list(suites.SUITES.values()), ids=list(suites.SUITES))


@BOTH
@given(plaintext=st.binary(max_size=300))
def test_what_is_sealed_opens_to_the_same_bytes(suite: suites.Suite, plaintext: bytes) -> None:
    record = suites.seal(KEY, KEY_ID, PLACE, plaintext, suite)
    assert suites.unseal(KEY, PLACE, record) == plaintext
    assert suites.key_id_of(record) == KEY_ID
    assert len(record) == 84 + len(plaintext)


@BOTH
def test_sealing_twice_gives_different_records(suite: suites.Suite) -> None:
    one, other = (suites.seal(KEY, KEY_ID, PLACE, b"the same text", suite) for _ in range(2))
    assert one[12:36] != other[12:36]
    assert one[36:] != other[36:]


@BOTH
def test_a_flipped_bit_at_any_offset_is_refused(suite: suites.Suite) -> None:
    record = suites.seal(KEY, KEY_ID, PLACE, b"a llama called Zoe", suite)
    for offset in range(len(record)):
        for bit in range(8):
            tampered = bytearray(record)
            tampered[offset] ^= 1 << bit
            with pytest.raises(VaultError, match=refusal_at(offset)):
                suites.unseal(KEY, PLACE, bytes(tampered))


def refusal_at(offset: int) -> str:
    if offset < 2:
        return "unreadable"
    if offset < 4:  # a flip may name the other suite, whose commitment is another
        return "unknown-suite|wrong-key"
    return "wrong-key" if 12 <= offset < 68 else "tampered"


@BOTH
def test_a_record_cut_off_anywhere_is_refused(suite: suites.Suite) -> None:
    record = suites.seal(KEY, KEY_ID, PLACE, b"a llama called Zoe", suite)
    for size in range(len(record)):
        with pytest.raises(VaultError, match="unreadable" if size < 84 else "tampered"):
            suites.unseal(KEY, PLACE, record[:size])
    with pytest.raises(VaultError, match="tampered"):
        suites.unseal(KEY, PLACE, record + b"\x00")


@BOTH
def test_another_place_and_another_key_are_refused(suite: suites.Suite) -> None:
    record = suites.seal(KEY, KEY_ID, PLACE, b"secret", suite)
    with pytest.raises(VaultError, match="tampered"):
        suites.unseal(KEY, suites.associate("plane", "table", "other"), record)
    with pytest.raises(VaultError, match="wrong-key"):
        suites.unseal(suites.keyed(bytes(32)), PLACE, record)


@pytest.mark.parametrize(
    ("record", "code", "words"),
    [
        (b"", "unreadable", "not a sealed record"),
        (b"LC", "unreadable", "not a sealed record"),
        (b"LC\x02", "unreadable", "not a sealed record"),
        (b"LC\x01\x01", "unreadable", "cut off after 4 bytes"),
        (b"LC\x01\x02" + bytes(79), "unreadable", "cut off after 83 bytes"),
        (b"gAAAAABk" + bytes(200), "unreadable", "not a sealed record"),
        (b"LC\x02\x01" + bytes(200), "unknown-suite", "version 2"),
        (b"LC\x02\x01", "unknown-suite", "version 2"),
        (b"LC\x01\x07" + bytes(200), "unknown-suite", "Suite 7"),
        (b"LC\x01\x00" + bytes(200), "unknown-suite", "Suite 0"),
    ],
)
def test_anything_else_has_an_error_that_says_what_it_is(record: bytes, code: str, words: str) -> None:
    for read in (lambda: suites.unseal(KEY, PLACE, record), lambda: suites.key_id_of(record)):
        with pytest.raises(VaultError, match=words) as refusal:
            read()
        assert refusal.value.code == code


@examples(max_examples=200)
@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda rest: b"LC\x01\x01" + rest))
def test_noise_is_refused_with_a_code_and_nothing_else(noise: bytes) -> None:
    with pytest.raises(VaultError) as refusal:
        suites.unseal(KEY, PLACE, noise)
    assert refusal.value.code in {"unreadable", "unknown-suite", "wrong-key"}


def test_keys_and_key_ids_of_another_size_are_refused() -> None:
    for secret in (SECRET[:-1], SECRET + b"0"):
        with pytest.raises(VaultError, match="malformed"):
            suites.keyed(secret)
    with pytest.raises(VaultError, match="malformed"):
        suites.seal(KEY, KEY_ID + b"9", PLACE, b"secret")


def test_an_error_shows_neither_plaintext_nor_key() -> None:
    record = suites.seal(KEY, KEY_ID, PLACE, b"a llama called Zoe")
    with pytest.raises(VaultError) as refusal:
        suites.unseal(KEY, b"elsewhere", record)
    assert refusal.value.__cause__ is None
    assert "Zoe" not in str(refusal.value)


def test_the_setting_chooses_the_suite_and_records_of_the_other_still_open(settings: Any) -> None:
    before = suites.seal(KEY, KEY_ID, PLACE, b"before")
    try:
        settings.SEALING_SUITE = "aes-256-gcm"
        apps.get_app_config("vault").ready()
        after = suites.seal(KEY, KEY_ID, PLACE, b"after")
    finally:
        suites.choose("xchacha20-poly1305")
    assert (before[3], after[3]) == (1, 2)
    assert [suites.unseal(KEY, PLACE, record) for record in (before, after)] == [b"before", b"after"]


@given(st.lists(st.text(max_size=8), max_size=5), st.lists(st.text(max_size=8), max_size=5))
def test_two_places_never_associate_to_the_same_bytes(one: list[str], other: list[str]) -> None:
    assert (suites.associate(*one) == suites.associate(*other)) == (one == other)
