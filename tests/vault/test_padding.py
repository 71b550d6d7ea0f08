"""Padding: lengths come in buckets, and what was padded comes back whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.errors import VaultError
from vault.padding import pad, unpad

BUCKETS = st.integers(1, 512)


@given(st.binary(max_size=300) | st.binary(max_size=20).map(lambda value: value + b"\x80\x00\x80"), BUCKETS)
def test_what_is_padded_comes_back(value: bytes, bucket: int) -> None:
    assert unpad(pad(value, bucket)) == value


@given(st.binary(max_size=300), BUCKETS)
def test_a_padded_length_is_the_next_multiple_of_the_bucket(value: bytes, bucket: int) -> None:
    size = len(pad(value, bucket))
    assert size % bucket == 0
    assert len(value) < size <= len(value) + bucket


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_two_values_never_pad_to_the_same_bytes(one: bytes, other: bytes) -> None:
    assert (pad(one, 32) == pad(other, 32)) == (one == other)


@pytest.mark.parametrize("broken", [b"", b"\x00" * 32, b"plain", b"plain\x80\x01", b"plain\x80\x00\x01"])
def test_bytes_that_were_never_padded_are_unreadable(broken: bytes) -> None:
    with pytest.raises(VaultError, match="unreadable"):
        unpad(broken)
