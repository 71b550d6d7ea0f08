"""Suite 0x01: what is sealed opens whole, in its place and under its key, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault import suites
from vault.errors import VaultError

KEY, KEY_ID, PLACE = bytes(range(32)), b"key-id-8", suites.associate("plane", "table", "column")


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_to_the_same_bytes(plaintext: bytes) -> None:
    record = suites.seal(KEY, KEY_ID, PLACE, plaintext)
    assert suites.unseal(KEY, PLACE, record) == plaintext
    assert suites.key_id_of(record) == KEY_ID


def test_sealing_twice_gives_different_records() -> None:
    assert suites.seal(KEY, KEY_ID, PLACE, b"same") != suites.seal(KEY, KEY_ID, PLACE, b"same")


def test_a_flipped_bit_at_any_offset_is_refused() -> None:
    record = suites.seal(KEY, KEY_ID, PLACE, b"a llama called Zoe")
    for offset in range(len(record)):
        for bit in (0x01, 0x80):
            tampered = bytearray(record)
            tampered[offset] ^= bit
            with pytest.raises(VaultError):
                suites.unseal(KEY, PLACE, bytes(tampered))


def test_another_place_and_another_key_are_refused() -> None:
    record = suites.seal(KEY, KEY_ID, PLACE, b"secret")
    with pytest.raises(VaultError, match="tampered"):
        suites.unseal(KEY, suites.associate("plane", "table", "other"), record)
    with pytest.raises(VaultError, match="wrong-key"):
        suites.unseal(bytes(32), PLACE, record)


@pytest.mark.parametrize("record", [b"", b"LC", b"XX" + bytes(200), b"LC\x01\x07" + bytes(200)])
def test_anything_else_is_unreadable(record: bytes) -> None:
    with pytest.raises(VaultError):
        suites.unseal(KEY, PLACE, record)


@given(st.lists(st.text(max_size=8), max_size=5), st.lists(st.text(max_size=8), max_size=5))
def test_two_places_never_associate_to_the_same_bytes(one: list[str], other: list[str]) -> None:
    assert (suites.associate(*one) == suites.associate(*other)) == (one == other)
